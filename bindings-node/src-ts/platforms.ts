/** A system that has a package. */
export interface Platform {
  readonly name: string;
  readonly os: string;
  readonly cpu: string;
  readonly libc?: string;
  readonly target: string;
}

/**
 * The systems that have a package with the native library: `@payvost/webhooks-<name>`. The package manager chooses it during installation, by
 * the fields `os`, `cpu` and `libc` of its manifest. `target` is the name of the system in Rust.
 */
export const PLATFORMS: readonly Platform[] = [
  { name: "linux-x64-gnu", os: "linux", cpu: "x64", libc: "glibc", target: "x86_64-unknown-linux-gnu" },
  { name: "linux-x64-musl", os: "linux", cpu: "x64", libc: "musl", target: "x86_64-unknown-linux-musl" },
  { name: "linux-arm64-gnu", os: "linux", cpu: "arm64", libc: "glibc", target: "aarch64-unknown-linux-gnu" },
  { name: "linux-arm64-musl", os: "linux", cpu: "arm64", libc: "musl", target: "aarch64-unknown-linux-musl" },
  { name: "darwin-x64", os: "darwin", cpu: "x64", target: "x86_64-apple-darwin" },
  { name: "darwin-arm64", os: "darwin", cpu: "arm64", target: "aarch64-apple-darwin" },
  { name: "win32-x64-msvc", os: "win32", cpu: "x64", target: "x86_64-pc-windows-msvc" },
];

/**
 * Loads the library of each package. The names are literal and each has a `try` of its own, because that is what the tools that collect the
 * files of a program look for: Next.js with `output: "standalone"`, @vercel/nft, esbuild. They include the installed packages and skip the others.
 */
/* eslint-disable @typescript-eslint/no-require-imports -- an import would load all of them */
const LOADERS: Readonly<Record<string, () => Loaded>> = {
  "linux-x64-gnu"() {
    try {
      return { library: require("@payvost/webhooks-linux-x64-gnu") };
    } catch (cause) {
      return { cause };
    }
  },
  "linux-x64-musl"() {
    try {
      return { library: require("@payvost/webhooks-linux-x64-musl") };
    } catch (cause) {
      return { cause };
    }
  },
  "linux-arm64-gnu"() {
    try {
      return { library: require("@payvost/webhooks-linux-arm64-gnu") };
    } catch (cause) {
      return { cause };
    }
  },
  "linux-arm64-musl"() {
    try {
      return { library: require("@payvost/webhooks-linux-arm64-musl") };
    } catch (cause) {
      return { cause };
    }
  },
  "darwin-x64"() {
    try {
      return { library: require("@payvost/webhooks-darwin-x64") };
    } catch (cause) {
      return { cause };
    }
  },
  "darwin-arm64"() {
    try {
      return { library: require("@payvost/webhooks-darwin-arm64") };
    } catch (cause) {
      return { cause };
    }
  },
  "win32-x64-msvc"() {
    try {
      return { library: require("@payvost/webhooks-win32-x64-msvc") };
    } catch (cause) {
      return { cause };
    }
  },
};
/* eslint-enable @typescript-eslint/no-require-imports */

/** A library, or the reason why it is missing. */
export type Loaded = { readonly library: unknown } | { readonly cause: unknown };

export const loaded = ({ name }: Platform): Loaded => LOADERS[name]?.() ?? { cause: undefined };

export const packageOf = ({ name }: Platform): string => `@payvost/webhooks-${name}`;

/** The platforms that match a system, apart from its libc. */
export const fitting = ({ platform, arch }: { platform: string; arch: string }): Platform[] =>
  PLATFORMS.filter(({ os, cpu }) => os === platform && cpu === arch);

/** The C library that Node.js runs with on Linux. Finding out takes a millisecond or more. */
export function libcOf(process: NodeJS.Process): { name: string; version?: string } | undefined {
  if (process.platform !== "linux") return undefined;
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork?: boolean | undefined };
  const { excludeNetwork } = report;
  report.excludeNetwork = true; // otherwise the report looks up the host name of every connected peer
  try {
    const version = (report.getReport() as { header: { glibcVersionRuntime?: string } }).header.glibcVersionRuntime;
    return version === undefined ? { name: "musl" } : { name: "glibc", version };
  } finally {
    report.excludeNetwork = excludeNetwork;
  }
}
