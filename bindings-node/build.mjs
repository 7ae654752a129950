// Compiles src-ts/ to CommonJS, with entries for `import` that export the same objects, and the declarations. The folder esm in it has the
// modules for runtimes that use WebAssembly instead of the native library: there, package.json maps `#native` to one of the files
// native-*.js, and `#sandbox` to one that exists in a browser.
//
//   node bindings-node/build.mjs [FOLDER]       default: lib, beside this file
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

// The compiler of this folder, or of the whole repository if only the build was set up: both have the same version.
const ts = createRequire(import.meta.url)("typescript");

const HERE = fileURLToPath(new URL(".", import.meta.url));

/** Compiles into a folder. The previous files stay until all new ones are ready. */
export function build(folder) {
  const work = mkdtempSync(`${folder}.`);
  try {
    const [made, old] = [join(work, "made"), join(work, "old")];
    compile(made);
    if (existsSync(folder)) renameSync(folder, old);
    renameSync(made, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function compile(folder) {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail };
  const { fileNames, options, errors } = ts.getParsedCommandLineOfConfigFile(join(HERE, "tsconfig.json"), { outDir: folder }, host);
  const program = ts.createProgram(fileNames, options);
  const problems = [...errors, ...ts.getPreEmitDiagnostics(program)];
  if (problems.length > 0) fail(...problems);
  emit(program, true);
  // The declarations have the comments for users. Without comments, the package loads in a tenth less time.
  emit(ts.createProgram(fileNames, { ...options, declaration: false, removeComments: true }, undefined, program), false);
  emitModules(program, options, join(folder, "esm"));
  embed(folder);
}

function emit(program, onlyDeclarations) {
  const put = (file, text) => {
    if (!ONLY_MODULES.test(file)) write(file, onlyDeclarations ? publicTypes(text) : text);
  };
  const { diagnostics } = program.emit(undefined, put, undefined, onlyDeclarations);
  if (diagnostics.length > 0) fail(...diagnostics);
}

/** Writes each source as an ECMAScript module, except for what only the native library needs. */
function emitModules(program, options, folder) {
  const compilerOptions = { ...options, module: ts.ModuleKind.ES2022, removeComments: true };
  for (const { fileName, isDeclarationFile, text } of program.getSourceFiles()) {
    const name = relative(join(HERE, "src-ts"), fileName);
    if (isDeclarationFile || name.startsWith("..") || name.endsWith(".mts") || ONLY_COMMONJS.has(name)) continue;
    const { outputText } = ts.transpileModule(importing(text), { compilerOptions, fileName });
    write(join(folder, name.replace(/\.ts$/, ".mjs")), outputText.replace(SPECIFIER, moduleOf));
  }
}

/** Imports at once what CommonJS loads on demand. */
function importing(text) {
  const [, required] = /\brequire\("(\.[^"]*)"\)/.exec(text) ?? [];
  return required === undefined ? text : `import * as required from "${required}";\n${text.replace(`require("${required}")`, "required")}`;
}

const SPECIFIER = /(?<=(?:from|import) ")\.[^"]*(?=")/g;

/** The specifier of a source as a module finds it. */
function moduleOf(specifier) {
  const own = /\/(native|sandbox)\.js$/.exec(specifier)?.[1];
  if (own !== undefined) return `#${own}`;
  return EMBEDDED.test(specifier) ? `.${specifier}` : specifier.replace(/\.js$/, ".mjs");
}

/** What modules and CommonJS share. */
const EMBEDDED = /^\.\/wasm\/(?:server\.js|.*\.wasm)/;
/** Sources that only exist as modules, and those that only exist as CommonJS. */
const ONLY_MODULES = /\b(?:native-inlined|native-module|sandbox-absent)\.(?:d\.ts|js)$/;
const ONLY_COMMONJS = new Set(["native.ts", "platforms.ts"]);

/** Puts the WebAssembly where the modules look for it. */
function embed(folder) {
  const [small, server] = ["payvost_webhooks.wasm", "payvost_webhooks_server.wasm"].map((name) => {
    const file = join(HERE, name);
    if (!existsSync(file)) throw new Error(`${file} is missing: run 'scripts/build wasm'`);
    return readFileSync(file);
  });
  write(join(folder, "wasm/payvost_webhooks.wasm"), small);
  write(join(folder, "esm/wasm/inlined.mjs"), `export const text = "${small.toString("base64")}";\n`);
  const compressed = gzipSync(server, { level: 9 });
  write(join(folder, "wasm/server.js"), `exports.compressed = "${compressed.toString("base64")}";\n`);
}

function write(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/**
 * Adapts the declarations for users: the marker of private fields would reject the stand-ins in their tests, and TypeScript before version 5
 * does not know `export type *`.
 */
function publicTypes(text) {
  return text.replace(/^ +#private;\n/gm, "").replace(/^export type \* from/gm, "export * from");
}

function fail(...problems) {
  const host = { getCanonicalFileName: (name) => name, getCurrentDirectory: () => HERE, getNewLine: () => "\n" };
  throw new Error(ts.formatDiagnostics(problems, host));
}

if (argv[1] !== undefined && existsSync(argv[1]) && relative(resolve(argv[1]), fileURLToPath(import.meta.url)) === "") build(resolve(argv[2] ?? join(HERE, "lib")));
