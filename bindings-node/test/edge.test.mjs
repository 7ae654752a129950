// The vectors on WebAssembly, in each runtime, from the packed package.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RUNTIMES = join(PACKAGE, "runtimes/node_modules");
const SUPPORT = ["portable.mjs", "canonical.mjs", "edge-app.mjs"];

const { build } = createRequire(join(PACKAGE, "consumers/"))("esbuild");

let folder;
before(() => {
  // Next to Next.js, which does not follow links out of the application.
  folder = mkdtempSync(join(PACKAGE, "runtimes/.page-"));
  const packed = mkdtempSync(join(tmpdir(), "payvost-webhooks-packed-"));
  try {
    run(process.execPath, join(PACKAGE, "pack.mjs"), packed);
    const main = join(folder, "node_modules/@payvost/webhooks");
    mkdirSync(main, { recursive: true });
    const [file] = readdirSync(packed).filter((name) => /^payvost-webhooks-\d/.test(name));
    run("tar", "-xzf", join(packed, file), "-C", main, "--strip-components=1");
  } finally {
    rmSync(packed, { recursive: true, force: true });
  }
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  for (const name of SUPPORT) cpSync(join(PACKAGE, "test-support", name), join(folder, name));
  writeFileSync(join(folder, "vectors.mjs"), `export default ${JSON.stringify({ verify: familiesOf("verify"), receive: familiesOf("receive") })};\n`);
  writeFileSync(join(folder, "main.mjs"), 'import { check } from "./edge-app.mjs";\nconsole.log(JSON.stringify(await check()));\n');
});
after(() => rmSync(folder, { recursive: true, force: true }));

function familiesOf(name) {
  const from = join(ROOT, "tests/vectors", name);
  return readdirSync(from).filter((file) => file.endsWith(".json")).map((file) => JSON.parse(readFileSync(join(from, file), "utf8")));
}

function run(program, ...args) {
  const { NODE_PATH: _path, NODE_OPTIONS: _options, NODE_TEST_CONTEXT: _context, ...env } = process.env;
  return execFileSync(program, args, { cwd: folder, env: { ...env, NO_COLOR: "1", NEXT_TELEMETRY_DISABLED: "1", DENO_NO_UPDATE_CHECK: "1" }, encoding: "utf8", maxBuffer: 2 ** 26 });
}

/** What a program printed in its last line. */
const printed = (output) => JSON.parse(output.trim().split("\n").at(-1));

/** The result of test-support/edge-app.mjs. */
function assertPassed({ counts, problems, answers }) {
  assert.deepEqual(problems, []);
  assert.ok(counts.verify >= 1313 && counts.receive >= 298, JSON.stringify(counts));
  assert.deepEqual(answers, [200, 200, 400, 405, "handled", "already_handled", "signature_mismatch", "method_not_allowed"]);
}

describe("from the packed package, the vectors pass and requests are answered", () => {
  test("in Node.js without a native library", () => {
    const output = execFileSync(process.execPath, ["main.mjs"], { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    assertPassed(printed(output));
  });

  test("in Bun", () => assertPassed(printed(run(join(RUNTIMES, ".bin/bun"), "main.mjs"))));

  test("in Deno, without any permission", () => assertPassed(printed(run(join(RUNTIMES, ".bin/deno"), "run", "--no-prompt", "main.mjs"))));

  test("in workerd, bundled with the conditions of wrangler", async () => {
    const program = 'import { check } from "./edge-app.mjs";\nexport default { async test() { console.log(JSON.stringify(await check())); } };\n';
    writeFileSync(join(folder, "worker.mjs"), program);
    await build({
      absWorkingDir: folder, entryPoints: ["worker.mjs"], outfile: join(folder, "worker/worker.js"), bundle: true, format: "esm", logLevel: "silent",
      conditions: ["workerd", "worker", "browser"], plugins: [compiledModules(join(folder, "worker"))],
    });
    writeFileSync(join(folder, "worker/config.capnp"), WORKER);
    assertPassed(printed(run(join(RUNTIMES, ".bin/workerd"), "test", join(folder, "worker/config.capnp"))));
  });

  test("in headless Chromium, bundled for browsers", async (context) => {
    writeFileSync(join(folder, "page.mjs"), 'import { check } from "./edge-app.mjs";\nglobalThis.result = check();\n');
    const { outputFiles: [{ contents }] } = await build({ absWorkingDir: folder, entryPoints: ["page.mjs"], bundle: true, format: "iife", write: false, logLevel: "silent" });
    const server = createServer((request, response) => {
      if (request.url === "/page.js") response.writeHead(200, { "content-type": "text/javascript" }).end(contents);
      // The policy that a page needs at least.
      else response.writeHead(200, { "content-type": "text/html", "content-security-policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" }).end('<!doctype html><script src="/page.js"></script>');
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    context.after(() => server.close());
    const { chromium } = createRequire(join(ROOT, "package.json"))("playwright-core");
    const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
    context.after(() => browser.close());
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    assertPassed(await page.evaluate("result"));
  });

  test("in a route of Next.js on its edge runtime", async (context) => {
    mkdirSync(join(folder, "app/check"), { recursive: true });
    writeFileSync(join(folder, "app/layout.jsx"), "export default function Layout({ children }) { return <html><body>{children}</body></html>; }\n");
    writeFileSync(join(folder, "app/check/route.js"), 'import { check } from "../../edge-app.mjs";\nexport const runtime = "edge";\nexport const dynamic = "force-dynamic";\nexport async function GET() { return Response.json(await check()); }\n');
    run(join(RUNTIMES, ".bin/next"), "build");
    const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
    const child = spawn(process.execPath, [join(RUNTIMES, "next/dist/bin/next"), "start", "--port", "0"], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    context.after(() => child.kill("SIGKILL"));
    let log = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (log += text));
    const port = await new Promise((resolve, reject) => {
      child.stdout.on("data", () => /localhost:(\d+)[\s\S]*Ready/.exec(log) && resolve(/localhost:(\d+)/.exec(log)[1]));
      child.once("exit", () => reject(new Error(log)));
    });
    const response = await fetch(`http://localhost:${port}/check`);
    assert.equal(response.status, 200, log);
    assertPassed(await response.json());
  });
});

/** What wrangler does with an import of WebAssembly: the file is copied, and workerd gives the compiled module. */
function compiledModules(target) {
  return {
    name: "compiled-modules",
    setup({ onResolve }) {
      onResolve({ filter: /\.wasm\?module$/ }, ({ path, resolveDir }) => {
        const file = join(resolveDir, path.replace("?module", ""));
        mkdirSync(target, { recursive: true });
        cpSync(file, join(target, basename(file)));
        return { path: `./${basename(file)}`, external: true };
      });
    },
  };
}

const WORKER = `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "main", worker = .worker)]);
const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js"), (name = "payvost_webhooks.wasm", wasm = embed "payvost_webhooks.wasm")],
  compatibilityDate = "2025-11-01",
);
`;

test("the WebAssembly for browsers and edge runtimes is at most 60 kB, compressed", () => {
  const wasm = readFileSync(join(folder, "node_modules/@payvost/webhooks/lib/wasm/payvost_webhooks.wasm"));
  assert.deepEqual(WebAssembly.Module.imports(new WebAssembly.Module(wasm)), []);
  assert.ok(gzipSync(wasm, { level: 9 }).length <= 60_000, `${gzipSync(wasm, { level: 9 }).length} bytes`);
});

test("the types are found under every condition", () => {
  const ts = createRequire(import.meta.url)("typescript");
  const kinds = { [ts.ModuleKind.ESNext]: ts.ModuleResolutionKind.Bundler, [ts.ModuleKind.NodeNext]: ts.ModuleResolutionKind.NodeNext };
  for (const condition of ["workerd", "edge-light", "deno", "bun", "browser", "node"]) {
    for (const [module, moduleResolution] of Object.entries(kinds)) {
      const options = { customConditions: [condition], module: Number(module), moduleResolution };
      const { resolvedModule } = ts.resolveModuleName("@payvost/webhooks/fetch", join(folder, "main.mts"), options, ts.sys, undefined, undefined, ts.ModuleKind.ESNext);
      assert.match(resolvedModule.resolvedFileName, /\/lib\/adapters\/fetch\.d\.mts$/, condition);
    }
  }
});
