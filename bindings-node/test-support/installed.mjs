// Installs the package as `npm install` does: the main package, and next to it the one with the native library for this system.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const { fitting, libcOf, packageOf } = createRequire(import.meta.url)("../lib/platforms.js");

/** The name of the package for this system. */
export const NATIVE = packageOf(fitting(process).find(({ libc }) => libc === libcOf(process)?.name));

export function installInto(folder) {
  const [main, native] = ["@payvost/webhooks", NATIVE].map((name) => join(folder, "node_modules", name));
  for (const each of [main, native]) mkdirSync(each, { recursive: true });
  const { version, private: _private, scripts: _scripts, devDependencies: _dev, ...manifest } = JSON.parse(readFileSync(join(PACKAGE, "package.json")));
  write(main, { ...manifest, version, optionalDependencies: { [NATIVE]: version } });
  cpSync(join(PACKAGE, "lib"), join(main, "lib"), { recursive: true });
  write(native, { name: NATIVE, version, main: "payvost_webhooks.node", files: ["payvost_webhooks.node"] });
  cpSync(join(PACKAGE, "payvost_webhooks.node"), join(native, "payvost_webhooks.node"));
}

function write(folder, manifest) {
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
}
