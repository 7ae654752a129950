import type { Native } from "./boundary.js";
import { PLATFORMS, fitting, libcOf, packageOf } from "./platforms.js";

/** The library that `make build` builds in a checkout. */
const BUILT = "../payvost_webhooks.node";

/** Loads the native half: the library that was built here, or else the one from the package for this system. */
function load(): Native {
  const [id] = [BUILT, ...packages()].filter(isThere);
  if (id === undefined) throw new Error(explanation());
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the id is known only at run time
    return require(id);
  } catch (cause) {
    const name = id === BUILT ? "payvost_webhooks.node" : `of ${id}`;
    throw new Error(
      `@payvost/webhooks: the native library ${name} cannot be loaded on ${system()}. It is for another system, or corrupt. ` +
        `${id === BUILT ? "Run 'make build' to build it again." : REINSTALL} (${(cause as Error).message})`,
      { cause },
    );
  }
}

/** The packages that may contain it. */
function packages(): string[] {
  const names = fitting(process).filter((each) => isThere(packageOf(each)));
  // Package managers that ignore `libc` install the packages for both.
  const libc = names.length > 1 ? libcOf(process)?.name : undefined;
  return names.filter((each) => libc === undefined || each.libc === libc).map(packageOf);
}

function isThere(id: string): boolean {
  try {
    require.resolve(id);
    return true;
  } catch {
    return false;
  }
}

const REINSTALL = "Remove node_modules and install again on the machine that runs the program, including optional dependencies.";

function explanation(): string {
  const libc = libcOf(process)?.name;
  const [wanted] = fitting(process).filter((each) => each.libc === libc);
  if (wanted === undefined) {
    return (
      `@payvost/webhooks: there is no native library for ${system()}. There are libraries for ${PLATFORMS.map(({ name }) => name).join(", ")}. ` +
      "On other systems with Rust, build it from source: run 'make build' in a checkout."
    );
  }
  return (
    `@payvost/webhooks: the package ${packageOf(wanted)} with the native library for ${system()} is not installed. The usual cause: node_modules or ` +
    "the lock file come from another system, or optional dependencies were left out (--omit=optional). " +
    `${REINSTALL} In a checkout of the sources, run 'make build' to build the library.`
  );
}

function system(): string {
  const { platform, arch, version } = process;
  const libc = libcOf(process);
  return [`${platform} ${arch}`, ...(libc ? [[libc.name, libc.version].filter(Boolean).join(" ")] : []), `Node.js ${version}`].join(", ");
}

const native = load();

export = native;
