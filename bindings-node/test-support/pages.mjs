// Runs the code of a page of the documentation, as a reader would.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);

/** The block of code that begins with the name of that file. */
export function codeOf(page, file) {
  return blockOf(page, `// ${file}\n`);
}

function blocksOf(page) {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), "utf8");
  return [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);
}

/** The block of code that begins with that line. */
export function blockOf(page, line) {
  const code = blocksOf(page).find((block) => block.startsWith(line));
  if (code === undefined) throw new Error(`${page} has no ${line}`);
  return code;
}

/** The export with that name from the block of code that begins with that line. Its imports are passed by name. */
export function exportedBy(page, line, name, scope) {
  const code = blockOf(page, line);
  const Code = /^await /m.test(code) ? async function () {}.constructor : Function;
  return new Code(...Object.keys(scope), `${code.replace(/^export /gm, "")}\nreturn ${name};`)(...Object.values(scope));
}

/** A folder with the code of a page and the packages that it needs, as after `npm install`. */
export function folderOf(context, page, file, packages = {}) {
  const folder = mkdtempSync(join(tmpdir(), "payvost-webhooks-page-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const install = (name, target) => {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(target, link);
  };
  install("@payvost/webhooks", PACKAGE);
  for (const [name, source] of Object.entries(packages)) install(name, join(PACKAGE, "node_modules", source));
  const path = join(folder, file.split("/").pop());
  writeFileSync(path, codeOf(page, file));
  return path;
}

/** Starts the program of a page. Returns its origin, the lines that it prints, and after its end its log. */
export async function startPage(context, page, file, { packages, env }) {
  const child = fork(folderOf(context, page, file, packages), {
    execArgv: ["--require", require.resolve("./report-port.cjs")],
    env: { PATH: process.env.PATH, PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  context.after(() => child.kill());
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (complaints += text));
  const [port] = await Promise.race([
    once(child, "message"),
    once(child, "exit").then(() => {
      throw new Error(`${page} did not start: ${complaints}`);
    }),
  ]);
  return {
    origin: `http://localhost:${port}`,
    async nextLine() {
      for (;;) {
        const { value: line } = await lines.next();
        if (!line.startsWith("{")) return line;
        complaints += `${line}\n`; // pino logs to the standard output
      }
    },
    async stop() {
      const closed = once(child, "close");
      child.kill();
      await closed;
      return complaints;
    },
  };
}

/** The programs of a page by their file names: those of its whole application, or the others. */
export function programsOf(page, { whole = false } = {}) {
  const text = readFileSync(new URL(`../../docs/guides/node/${page}`, import.meta.url), "utf8");
  const [, application = ""] = /^## A whole application\n(.*?)(?=^## |$(?![^]))/ms.exec(text) ?? [];
  const chosen = whole ? application : text.replace(application, "");
  return Object.fromEntries([...chosen.matchAll(/^```(?:js|ts)\n\/\/ ([\w.]+)\n(.*?)^```$/gms)].map(([, file, code]) => [file, code]));
}

const QUEUE_AND_FRAMEWORKS = ["@hapi", "@hono", "@koa", "@nestjs", "bullmq", "express", "fastify", "hono", "ioredis", "koa", "reflect-metadata", "rxjs"];

/** A folder with the whole application of a page, as JavaScript. Returns the paths of its programs by their names. */
export function applicationOf(context, page) {
  const folder = mkdtempSync(join(tmpdir(), "payvost-webhooks-page-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  mkdirSync(join(folder, "node_modules/@payvost"), { recursive: true });
  symlinkSync(PACKAGE, join(folder, "node_modules/@payvost/webhooks"));
  for (const name of QUEUE_AND_FRAMEWORKS) symlinkSync(join(PACKAGE, "node_modules", name), join(folder, "node_modules", name));
  const compilerOptions = { target: "es2022", module: "esnext", experimentalDecorators: true, emitDecoratorMetadata: true };
  const paths = Object.entries(programsOf(page, { whole: true })).map(([file, code]) => {
    const path = join(folder, file.replace(/\.ts$/, ".js"));
    writeFileSync(path, file.endsWith(".ts") ? require("typescript").transpileModule(code, { compilerOptions }).outputText : code);
    return path;
  });
  return Object.fromEntries(paths.map((path) => [basename(path).replace(/\.m?js$/, ""), path]));
}
