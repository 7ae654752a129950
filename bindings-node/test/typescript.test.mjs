// The types, under the strictest options of the compiler.
import { execFileSync } from "node:child_process";
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
