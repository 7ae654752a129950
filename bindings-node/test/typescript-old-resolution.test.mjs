// Projects with `moduleResolution: node`, whose compiler looks for `@payvost/webhooks/express` as a file.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const manifest = JSON.parse(readFileSync(path("../package.json"), "utf8"));

let project;
before(() => {
  project = mkdtempSync(join(tmpdir(), "payvost-webhooks-types-"));
  mkdirSync(join(project, "node_modules/@payvost"), { recursive: true });
  symlinkSync(path(".."), join(project, "node_modules/@payvost/webhooks"));
  cpSync(path("../test-support/old-resolution.ts"), join(project, "receiver.ts"));
  const compilerOptions = { module: "commonjs", moduleResolution: "node", target: "es2020", lib: ["es2020", "dom"], types: [], strict: true, esModuleInterop: true, noEmit: true };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["receiver.ts"] }));
});
after(() => rmSync(project, { recursive: true, force: true }));

test("a project with moduleResolution node finds the types of every entry", () => {
  try {
    execFileSync(process.execPath, [path("../node_modules/typescript/bin/tsc"), "-p", project], { encoding: "utf8" });
  } catch (error) {
    throw new Error(error.stdout, { cause: error });
  }
});

test("that project imports every entry", () => {
  const source = readFileSync(join(project, "receiver.ts"), "utf8");
  for (const entry of Object.keys(manifest.exports).filter((entry) => !entry.endsWith(".json"))) {
    assert.ok(source.includes(`from "@payvost/webhooks${entry.slice(1)}"`), entry);
  }
});
