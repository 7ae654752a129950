// The types of the adapters and stores with those of the frameworks and clients, under the strictest options of the compiler.
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

test("receivers compile with --module node16", () => {
  const compiler = path("../node_modules/typescript/bin/tsc");
  const flags = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--noPropertyAccessFromIndexSignature"];
  const settings = ["--target", "es2022", "--lib", "es2022,dom,dom.iterable", "--types", "node", "--module", "node16"];
  const sources = ["../test-support/receivers.mts", "../test-support/receivers.cts", "../test-support/stores.mts"].map(path);
  try {
    // The compiler looks for the types of `--types` from the folder it runs in.
    execFileSync(process.execPath, [compiler, ...flags, ...settings, ...sources], { cwd: path(".."), encoding: "utf8" });
  } catch (error) {
    throw new Error(error.stdout, { cause: error });
  }
});
