import { webcrypto } from "node:crypto";
import { createRequire } from "node:module";
import type { Native } from "./boundary.js";
import { fitting, libcOf, loaded, packageOf, type Loaded, type Platform } from "./platforms.js";

/** The library that `make build` builds in a checkout. */
const BUILT = "../payvost_webhooks.node";

/** Loads files next to this one. In a bundle there are none, and bundlers do not follow these calls. */
const { filename } = module as Partial<NodeJS.Module>;
const beside = typeof filename === "string" ? createRequire(filename) : undefined;

/** Loads the native half: the library that was built here, or else the one from the package for this system, or else WebAssembly. */
function load(): Native {
  if (beside !== undefined && isThere(BUILT)) return libraryOf(built(beside), "payvost_webhooks.node", "Run 'make build' to build it again.");
  let failed: readonly [Platform, Loaded] | undefined;
  for (const platform of installed()) {
    const attempt = loaded(platform);
    if ("library" in attempt) return attempt.library as Native;
    if (!isMissing(attempt.cause)) failed ??= [platform, attempt];
  }
  if (failed === undefined) return wasm();
  return libraryOf(failed[1], `of ${packageOf(failed[0])}`, REINSTALL);
}

function built(require: NodeJS.Require): Loaded {
  try {
    return { library: require(BUILT) };
  } catch (cause) {
    return { cause };
  }
}

function libraryOf(attempt: Loaded, name: string, remedy: string): Native {
  if ("library" in attempt) return attempt.library as Native;
  const { cause } = attempt;
  throw new Error(
    `@payvost/webhooks: the native library ${name} cannot be loaded on ${system()}. It is for another system, or corrupt. ` +
      `${remedy} (${(cause as Error).message})`,
    { cause },
  );
}

/** The platforms whose packages may contain it. */
function installed(): Platform[] {
  const platforms = fitting(process).filter((each) => isThere(packageOf(each)));
  // Package managers that ignore `libc` install the packages for both.
  const libc = platforms.length > 1 ? libcOf(process)?.name : undefined;
  return platforms.filter((each) => libc === undefined || each.libc === libc);
}

/** Whether the file exists. In a bundle this is only known after loading it. */
function isThere(id: string): boolean {
  try {
    beside?.resolve(id);
    return true;
  } catch {
    return false;
  }
}

function isMissing(cause: unknown): boolean {
  return (cause as { code?: unknown } | undefined)?.code === "MODULE_NOT_FOUND";
}

const REINSTALL = "Remove node_modules and install again on the machine that runs the program, including optional dependencies.";

/** What runs where no native library fits. It is slower. */
function wasm(): Native {
  const libc = libcOf(process)?.name;
  const wanted = fitting(process).find((each) => each.libc === libc);
  if (wanted !== undefined) {
    process.emitWarning(
      `@payvost/webhooks runs as WebAssembly, which is slower: the package ${packageOf(wanted)} with the native library for ${system()} is not installed. ` +
        `The usual cause: node_modules or the lock file come from another system, or optional dependencies were left out (--omit=optional). ${REINSTALL} ` +
        "In a checkout of the sources, run 'make build' to build the library.",
      { code: "PAYVOST_WEBHOOKS_WASM" },
    );
  }
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- it is large, and rarely needed
  return (require("./native-server.js") as typeof import("./native-server.js")).native;
}

function system(): string {
  const { platform, arch, version } = process;
  const libc = libcOf(process);
  return [`${platform} ${arch}`, ...(libc ? [[libc.name, libc.version].filter(Boolean).join(" ")] : []), `Node.js ${version}`].join(", ");
}

export const native = load();
export { webcrypto };
