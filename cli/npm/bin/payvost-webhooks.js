#!/usr/bin/env node
"use strict";

// Runs the binary from the package for this system, with the same arguments, streams, signals and exit status.
const { spawn } = require("node:child_process");
const { BINARY, PLATFORMS, packageOf, platformOf } = require("../platforms.js");

function binary() {
  const platform = platformOf(process);
  if (platform === undefined) {
    fail(
      `there is no binary for ${process.platform} on ${process.arch}. There are binaries for ${PLATFORMS.map(({ name }) => name).join(", ")}. ` +
        "On other systems with Rust: cargo install payvost-webhooks-cli",
    );
  }
  try {
    return require.resolve(`${packageOf(platform)}/${BINARY}`);
  } catch {
    return fail(
      `the package ${packageOf(platform)} with the binary is not installed. The usual cause: node_modules or the lock file come from another ` +
        "system, or optional dependencies were left out (--omit=optional). Remove node_modules and install again.",
    );
  }
}

function fail(message) {
  console.error(`@payvost/webhooks-cli: ${message}`);
  process.exit(3);
}

const child = spawn(binary(), process.argv.slice(2), { stdio: "inherit" });
// Ctrl-C reaches the binary as well, which then ends as it should. What is sent to this process alone is passed on.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.once("error", (error) => fail(`the binary cannot be started: ${error.message}`));
child.once("exit", (code, signal) => {
  if (signal === null) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
