"use strict";

const FILE = "../payvost_webhooks.node";

/** Loads the native half of the package, which is built for one platform. */
function load() {
  try {
    return require(FILE);
  } catch (cause) {
    const { platform, arch, version } = process;
    const missing = cause.code === "MODULE_NOT_FOUND";
    throw new Error(
      `@payvost/webhooks: the native library payvost_webhooks.node ${missing ? "is missing" : "cannot be loaded"} ` +
        `(${platform} ${arch}, Node.js ${version}). In a checkout of the sources, 'make build' makes it; otherwise ` +
        "install the package again, on the machine that runs it.",
      { cause },
    );
  }
}

module.exports = load();
