// Compiles one source file of the Node.js package into lib, without checking its types: the whole build takes 20 s.
//
//   node tests/mends/transpile.mjs ROOT FILE
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { argv, exit } from "node:process";

const [root, file] = argv.slice(2);
const ts = createRequire(join(root, "bindings-node/build.mjs"))("typescript");
const { config } = ts.readConfigFile(join(root, "bindings-node/tsconfig.json"), ts.sys.readFile);
const { rootDir: _root, outDir: _out, declaration: _types, ...options } = config.compilerOptions;
const compilerOptions = { ...options, removeComments: true };
const { outputText, diagnostics } = ts.transpileModule(readFileSync(join(root, file), "utf8"), {
  compilerOptions,
  fileName: file,
  reportDiagnostics: true,
});
if (diagnostics.length > 0) {
  console.log(diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")).join("\n"));
  exit(1);
}
const compiled = file.replace("/src-ts/", "/lib/").replace(/ts$/, "js");
writeFileSync(join(root, compiled), outputText);
