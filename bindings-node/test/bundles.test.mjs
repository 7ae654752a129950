// The recipes of docs/guides/node/bundlers.md: the output of each runs in a folder with nothing else but what the recipe requires.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { NATIVE, installInto } from "../test-support/installed.mjs";
import { codeOf } from "../test-support/pages.mjs";

const PAGE = "guides/node/bundlers.md";
const CONSUMERS = fileURLToPath(new URL("../consumers/", import.meta.url));
const consumers = createRequire(CONSUMERS);

const APP = `
const { WebhookReceiver } = require("@payvost/webhooks");
const { fetchHandler } = require("@payvost/webhooks/fetch");
const { MemoryStore } = require("@payvost/webhooks/stores");
const { sampleEvent, signedRequest } = require("@payvost/webhooks/testing");
const deliver = fetchHandler(new WebhookReceiver("whsec_example", (event) => console.log(event.type), { store: new MemoryStore() }));
const request = { method: "POST", ...signedRequest(sampleEvent("wallet.frozen"), "whsec_example") };
deliver(new Request("http://localhost/", request)).then(({ status }) => console.log(status));
`;
const MODULE = APP.replaceAll(/const (\{.*\}) = require\((.*)\);/g, "import $1 from $2;");
const PRINTED = "wallet.frozen\n200\n";

/** A project with the package, and a folder to run the output. */
function folders(context) {
  const folder = mkdtempSync(join(tmpdir(), "payvost-webhooks-bundle-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const [project, target] = [join(folder, "project"), join(folder, "target")];
  for (const each of [project, target]) mkdirSync(each);
  installInto(project);
  writeFileSync(join(project, "package.json"), "{}");
  writeFileSync(join(project, "app.js"), APP);
  writeFileSync(join(project, "app.mjs"), MODULE);
  return { project, target };
}

function run(cwd, ...args) {
  const { NODE_PATH: _path, NODE_OPTIONS: _options, ...env } = process.env;
  return execFileSync(process.execPath, args, { cwd, env, encoding: "utf8" });
}

/** Runs a configuration of the page, with the bundler as an installed package. */
function install(project, name) {
  symlinkSync(join(CONSUMERS, "node_modules", name), join(project, "node_modules", name));
}

test("esbuild copies the native file, and nothing else is needed", (context) => {
  const { project, target } = folders(context);
  install(project, "esbuild");
  writeFileSync(join(project, "esbuild.config.mjs"), codeOf(PAGE, "esbuild.config.mjs"));
  run(project, "esbuild.config.mjs");
  cpSync(join(project, "dist"), join(target, "dist"), { recursive: true });
  assert.ok(readdirSync(join(target, "dist")).some((name) => name.endsWith(".node")));
  assert.equal(run(target, "dist/app.js"), PRINTED);
  // Without the file, the WebAssembly in the bundle does the work.
  for (const name of readdirSync(join(target, "dist")).filter((name) => name.endsWith(".node"))) rmSync(join(target, "dist", name));
  assert.equal(run(target, "dist/app.js"), PRINTED);
});

for (const [name, bundler, made] of [["webpack", "webpack/lib/index.js", "dist/main.js"], ["rollup", "rollup/dist/rollup.js", "dist/app.mjs"]]) {
  test(`${name} leaves the package out`, async (context) => {
    const { project, target } = folders(context);
    const config = join(project, `${name}.config.mjs`);
    writeFileSync(config, codeOf(PAGE, `${name}.config.mjs`));
    const { default: settings } = await import(config);
    const module = consumers(bundler.split("/")[0]);
    if (name === "webpack") {
      const stats = await new Promise((resolve, reject) => {
        module({ ...settings, context: project, output: { path: join(project, "dist") } }, (error, result) => (error ? reject(error) : resolve(result)));
      });
      assert.deepEqual([stats.toJson().errors, stats.toJson().warnings], [[], []]);
    } else {
      const bundle = await module.rollup({ ...settings, input: join(project, settings.input), onLog: (level, log) => assert.fail(`${level}: ${log.message}`) });
      await bundle.write({ ...settings.output, file: join(project, settings.output.file) });
    }
    cpSync(join(project, "dist"), join(target, "dist"), { recursive: true });
    assert.throws(() => run(target, made), (error) => error.stderr.includes("@payvost/webhooks"));
    installInto(target);
    assert.equal(run(target, made), PRINTED);
  });
}

test("@vercel/nft traces every file that the program needs", async (context) => {
  const { project, target } = folders(context);
  const { fileList, warnings } = await consumers("@vercel/nft").nodeFileTrace([join(project, "app.js")], { base: project });
  assert.ok(fileList.has(`node_modules/${NATIVE}/payvost_webhooks.node`), [...fileList, ...warnings].join("\n"));
  for (const file of fileList) {
    mkdirSync(dirname(join(target, file)), { recursive: true });
    cpSync(join(project, file), join(target, file));
  }
  assert.equal(run(target, "app.js"), PRINTED);
});
