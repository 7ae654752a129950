// The package as its users get it: packed, installed into an empty folder, loaded in both ways.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { EVENT, SECRET, SIGNATURE, TEXT } from "../test-support/sample.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

let folder;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "payvost-webhooks-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** The environment of whoever runs these tests may lead to this checkout; the installed package must do without. */
function run(command, args, cwd) {
  const { NODE_PATH: _path, NODE_OPTIONS: _options, NODE_TEST_CONTEXT: _context, ...env } = process.env;
  return execFileSync(command, args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

describe("the packed package", () => {
  let packed;
  before(() => {
    [packed] = JSON.parse(run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], ROOT));
    writeFileSync(join(folder, "package.json"), "{}");
    run("npm", ["install", "--offline", "--no-audit", "--no-fund", join(folder, packed.filename)], folder);
  });

  test("holds what is needed, and nothing else", () => {
    assert.deepEqual(packed.files.map(({ path }) => path).sort(), [
      "README.md",
      "lib/adapters/body.js",
      "lib/adapters/express.d.ts",
      "lib/adapters/express.js",
      "lib/adapters/fastify.d.ts",
      "lib/adapters/fastify.js",
      "lib/adapters/fetch.d.ts",
      "lib/adapters/fetch.js",
      "lib/adapters/http.d.ts",
      "lib/adapters/http.js",
      "lib/adapters/receiver.js",
      "lib/arguments.js",
      "lib/errors.js",
      "lib/event.js",
      "lib/events.d.ts",
      "lib/index.d.mts",
      "lib/index.d.ts",
      "lib/index.js",
      "lib/index.mjs",
      "lib/internal.js",
      "lib/log.js",
      "lib/native.js",
      "lib/receiver.d.ts",
      "lib/receiver.js",
      "lib/router.d.ts",
      "lib/router.js",
      "lib/testing.d.ts",
      "lib/testing.js",
      "lib/verifier.js",
      "package.json",
      "payvost_webhooks.node",
    ]);
  });

  const use = `console.log(JSON.stringify(verifyWebhook(Buffer.from(${JSON.stringify(TEXT)}), "${SIGNATURE}", "${SECRET}")))`;

  test("can be required", () => {
    const printed = run("node", ["-e", `const { verifyWebhook } = require("@payvost/webhooks"); ${use}`], folder);
    assert.deepStrictEqual(JSON.parse(printed), EVENT);
  });

  test("can be imported", () => {
    const source = `import { verifyWebhook } from "@payvost/webhooks"; ${use}`;
    assert.deepStrictEqual(JSON.parse(run("node", ["--input-type=module", "-e", source], folder)), EVENT);
  });

  test("brings the adapters and the tools for tests, without the frameworks", () => {
    const parts = { express: "expressHandler", fastify: "fastifyPlugin", http: "httpListener", fetch: "fetchHandler", testing: "sampleEvent" };
    for (const [part, name] of Object.entries(parts)) {
      const specifier = JSON.stringify(`@payvost/webhooks/${part}`);
      assert.equal(run("node", ["-p", `typeof require(${specifier}).${name}`], folder), "function\n");
      const source = `import { ${name} } from ${specifier}; console.log(typeof ${name})`;
      assert.equal(run("node", ["--input-type=module", "-e", source], folder), "function\n");
    }
  });

  test("depends on nothing and runs nothing when it is installed", () => {
    const manifest = JSON.parse(run("node", ["-p", 'JSON.stringify(require("@payvost/webhooks/package.json"))'], folder));
    assert.equal(manifest.dependencies, undefined);
    assert.equal(manifest.optionalDependencies, undefined);
    assert.deepEqual(Object.keys(manifest.scripts), ["test"]);
  });
});

describe("without a native library that fits", () => {
  const load = () => run("node", ["-e", 'try { require("./lib") } catch (error) { console.log(error.message) }'], join(folder, "copy"));
  before(() => cpSync(join(ROOT, "lib"), join(folder, "copy", "lib"), { recursive: true }));

  test("loading says that it is missing, and what to do", () => {
    assert.match(load(), /^@payvost\/webhooks: the native library payvost_webhooks\.node is missing \(.*make build/);
  });

  test("loading says that it cannot be loaded", () => {
    writeFileSync(join(folder, "copy", "payvost_webhooks.node"), "of another platform");
    assert.match(load(), /^@payvost\/webhooks: the native library payvost_webhooks\.node cannot be loaded \(/);
  });
});
