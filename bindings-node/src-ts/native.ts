import type { Native } from "./boundary.js";
import { PLATFORMS, fitting, libcOf, packageOf } from "./platforms.js";

/** What `make build` makes in a checkout. */
const BUILT = "../payvost_webhooks.node";

/** Loads the native half of the package: the one that was built here, else that of the package for this system. */
function load(): Native {
  const [id] = [BUILT, ...packages()].filter(isThere);
  if (id === undefined) throw new Error(explanation());
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- which one, is known only here
    return require(id);
  } catch (cause) {
    const name = id === BUILT ? "payvost_webhooks.node" : `of ${id}`;
    throw new Error(
      `@payvost/webhooks: the native library ${name} cannot be loaded on ${system()}. It is for another system, or damaged. ` +
        `${id === BUILT ? "'make build' makes it anew." : REINSTALL} (${(cause as Error).message})`,
      { cause },
    );
  }
}

/** The packages that may have it. */
function packages(): string[] {
  const names = fitting(process).filter((each) => isThere(packageOf(each)));
  // Package managers that do not know of `libc` install the packages for both.
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

const REINSTALL = "Remove node_modules and install again on the machine that runs it, optional dependencies included.";

function explanation(): string {
  const libc = libcOf(process)?.name;
  const [wanted] = fitting(process).filter((each) => each.libc === libc);
  if (wanted === undefined) {
    return (
      `@payvost/webhooks: there is no native library for ${system()}, but for ${PLATFORMS.map(({ name }) => name).join(", ")}. ` +
      "Where Rust and Node.js run it can be built from the sources: 'make build' in a checkout."
    );
  }
  return (
    `@payvost/webhooks: the package ${packageOf(wanted)}, which has the native library for ${system()}, is not installed. Usually ` +
    "node_modules or the lock file come from another system, or optional dependencies were left out (--omit=optional). " +
    `${REINSTALL} In a checkout of the sources, 'make build' makes the library.`
  );
}

function system(): string {
  const { platform, arch, version } = process;
  const libc = libcOf(process);
  return [`${platform} ${arch}`, ...(libc ? [[libc.name, libc.version].filter(Boolean).join(" ")] : []), `Node.js ${version}`].join(", ");
}

const native = load();

export = native;
