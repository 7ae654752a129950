// Compiles src-ts/ to CommonJS, with entries for `import` that export the same objects, and the declarations.
//
//   node bindings-node/build.mjs [FOLDER]       default: lib, beside this file
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

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
}

function emit(program, onlyDeclarations) {
  const write = (file, text) => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, onlyDeclarations ? publicTypes(text) : text);
  };
  const { diagnostics } = program.emit(undefined, write, undefined, onlyDeclarations);
  if (diagnostics.length > 0) fail(...diagnostics);
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
