// The types, under the strictest options of the compiler.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

for (const [module, resolution] of [
  ["nodenext", "nodenext"],
  ["esnext", "bundler"],
]) {
  test(`the samples compile with --module ${module} --moduleResolution ${resolution}`, () => {
    const compiler = path("../node_modules/typescript/bin/tsc");
    const flags = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--noPropertyAccessFromIndexSignature"];
    const sources = ["../test-support/sample.mts", "../test-support/events.mts", "../test-support/stand-ins.mts", "../test-support/manage.mts", ...(resolution === "bundler" ? [] : ["../test-support/sample.cts"])].map(path);
    const settings = ["--target", "es2022", "--lib", "es2022,dom", "--typeRoots", "none", "--module", module, "--moduleResolution", resolution];
    try {
      execFileSync(process.execPath, [compiler, ...flags, ...settings, ...sources], { encoding: "utf8" });
    } catch (error) {
      throw new Error(error.stdout, { cause: error });
    }
  });
}

test("the README's declaration of an event type compiles, and is that of the types", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "payvost-webhooks-types-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "node_modules/@payvost"), { recursive: true });
  symlinkSync(path(".."), join(folder, "node_modules/@payvost/webhooks"));
  const [, code] = /^```ts\n(.*?^declare module.*?)^```$/ms.exec(readFileSync(path("../README.md"), "utf8"));
  const [declaration] = /^declare module.*?^}$/ms.exec(code);
  // Editors show the same in the documentation of `UnknownWebhookEvent`.
  assert.ok(readFileSync(path("../lib/events.d.ts"), "utf8").replaceAll(/^ \* ?/gm, "").includes(declaration));
  const compile = (source) => {
    writeFileSync(join(folder, "declared.mts"), source);
    const settings = ["--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom", "--typeRoots", "none", "--module", "nodenext", "declared.mts"];
    execFileSync(process.execPath, [path("../node_modules/typescript/bin/tsc"), ...settings], { cwd: folder, encoding: "utf8" });
  };
  try {
    compile(code);
  } catch (error) {
    assert.fail(error.stdout);
  }
  assert.throws(() => compile(code.replace(declaration, "")), (error) => error.stdout.includes("comet.sighted"));
});
