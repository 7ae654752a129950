"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.fitting = exports.packageOf = exports.PLATFORMS = void 0;
exports.libcOf = libcOf;
/**
 * The systems for which there is a package with the native library: `@payvost/webhooks-<name>`. The package is chosen at installation, by
 * the fields `os`, `cpu` and `libc` of its manifest; `target` is what Rust calls the system.
 */
exports.PLATFORMS = [
    { name: "linux-x64-gnu", os: "linux", cpu: "x64", libc: "glibc", target: "x86_64-unknown-linux-gnu" },
    { name: "linux-x64-musl", os: "linux", cpu: "x64", libc: "musl", target: "x86_64-unknown-linux-musl" },
    { name: "linux-arm64-gnu", os: "linux", cpu: "arm64", libc: "glibc", target: "aarch64-unknown-linux-gnu" },
    { name: "linux-arm64-musl", os: "linux", cpu: "arm64", libc: "musl", target: "aarch64-unknown-linux-musl" },
    { name: "darwin-x64", os: "darwin", cpu: "x64", target: "x86_64-apple-darwin" },
    { name: "darwin-arm64", os: "darwin", cpu: "arm64", target: "aarch64-apple-darwin" },
    { name: "win32-x64-msvc", os: "win32", cpu: "x64", target: "x86_64-pc-windows-msvc" },
];
const packageOf = ({ name }) => `@payvost/webhooks-${name}`;
exports.packageOf = packageOf;
/** Those that fit a system, apart from its libc. */
const fitting = ({ platform, arch }) => exports.PLATFORMS.filter(({ os, cpu }) => os === platform && cpu === arch);
exports.fitting = fitting;
/** The C library that Node.js runs with, on Linux. Asking takes a millisecond or more. */
function libcOf(process) {
    if (process.platform !== "linux")
        return undefined;
    const report = process.report;
    const { excludeNetwork } = report;
    report.excludeNetwork = true; // else it would look up the name of every peer that the process is connected to
    try {
        const version = report.getReport().header.glibcVersionRuntime;
        return version === undefined ? { name: "musl" } : { name: "glibc", version };
    }
    finally {
        report.excludeNetwork = excludeNetwork;
    }
}
