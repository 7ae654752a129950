"use strict";

/**
 * The systems that have a package with the binary: `@payvost/webhooks-cli-<name>`. The package manager chooses it during installation, by the
 * fields `os` and `cpu` of its manifest. On Linux the released binary is linked statically, so it does not matter which C library there is.
 */
const PLATFORMS = [
  { name: "linux-x64", os: "linux", cpu: "x64", target: "x86_64-unknown-linux-musl" },
  { name: "linux-arm64", os: "linux", cpu: "arm64", target: "aarch64-unknown-linux-musl" },
  { name: "darwin-x64", os: "darwin", cpu: "x64", target: "x86_64-apple-darwin" },
  { name: "darwin-arm64", os: "darwin", cpu: "arm64", target: "aarch64-apple-darwin" },
];

/** The platform of this process, if it has a package. */
const platformOf = ({ platform, arch }) => PLATFORMS.find(({ os, cpu }) => os === platform && cpu === arch);

const packageOf = ({ name }) => `@payvost/webhooks-cli-${name}`;

/** The name of the binary in its package. */
const BINARY = "payvost-webhooks";

module.exports = { BINARY, PLATFORMS, packageOf, platformOf };
