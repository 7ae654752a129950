// The packages as users get them: packed, installed into an empty folder, loaded in both ways.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startRegistry } from "../test-support/registry.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const { PLATFORMS, fitting, libcOf, packageOf } = createRequire(import.meta.url)("../lib/platforms.js");
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const LIBC = libcOf(process)?.name;
const [HERE] = fitting(process).filter(({ libc }) => libc === LIBC);
const BUILT = join(ROOT, "payvost_webhooks.node");

let folder;
let packed;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "payvost-webhooks-"));
  packed = join(folder, "packed");
  await run("node", [join(ROOT, "pack.mjs"), packed], folder);
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** The environment of these tests may point to this checkout; the installed package must work without it. */
async function run(command, args, cwd, variables = {}) {
  const { NODE_PATH: _path, NODE_OPTIONS: _options, NODE_TEST_CONTEXT: _context, ...env } = process.env;
  const { stdout } = await promisify(execFile)(command, args, { cwd, env: { ...env, ...variables }, maxBuffer: 2 ** 26 });
  return stdout;
}

/** An empty project. */
function project(name) {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, "package.json"), "{}");
  return path;
}

function install(cwd, ...args) {
  return run("npm", ["install", "--no-audit", "--no-fund", "--no-update-notifier", ...args], cwd, { npm_config_cache: join(folder, "cache") });
}

const installed = (cwd) => readdirSync(join(cwd, "node_modules", "@payvost")).sort();

/** The output of `require` in that folder, and its warning, after a script has changed the system. */
async function message(cwd, script = "") {
  const load = `${WARNINGS}; try { require("@payvost/webhooks"); console.log("loaded") } catch (error) { console.log(error.message) }`;
  return run("node", ["-e", `${script};${load}`], cwd);
}

const WARNINGS = 'process.on("warning", ({ code, message }) => console.log(code, message))';

const on = (system) => `Object.defineProperties(process, ${JSON.stringify(Object.fromEntries(Object.entries(system).map(([name, value]) => [name, { value }])))})`;

const tarballs = () => readdirSync(packed).map((name) => join(packed, name));

describe("the packed packages", () => {
  let cwd;
  before(async () => {
    cwd = project("from-files");
    await install(cwd, "--offline", ...tarballs());
  });

  const manifestOf = (name) => JSON.parse(readFileSync(join(cwd, "node_modules", name, "package.json"), "utf8"));
  const filesOf = (name) => readdirSync(join(cwd, "node_modules", name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).split(`node_modules/${name}/`)[1])
    .sort();

  test("the main package contains JavaScript and types, but no native library", () => {
    const sources = readdirSync(join(ROOT, "lib"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(ROOT.length));
    assert.ok(sources.includes("lib/index.d.mts") && sources.includes("lib/native.js"));
    assert.deepEqual(filesOf("@payvost/webhooks"), ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "package.json", ...sources].sort());
  });

  test("the main package has no dependencies and no scripts, and lists a package per system", () => {
    const manifest = manifestOf("@payvost/webhooks");
    for (const field of ["dependencies", "devDependencies", "scripts", "private"]) assert.equal(manifest[field], undefined, field);
    assert.deepEqual(manifest.optionalDependencies, Object.fromEntries(PLATFORMS.map((platform) => [packageOf(platform), version])));
    assert.ok(manifest.exports["./express"].types.require.endsWith(".d.ts"));
  });

  test("the package for a system contains its library, and declares the system", () => {
    const name = packageOf(HERE);
    const manifest = manifestOf(name);
    assert.deepEqual(filesOf(name), ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "package.json", "payvost_webhooks.node"]);
    assert.deepEqual([manifest.os, manifest.cpu, manifest.libc], [[process.platform], [process.arch], LIBC && [LIBC]]);
    assert.equal(manifest.version, version);
    assert.equal(manifest.dependencies ?? manifest.scripts, undefined);
  });

  const vectors = readFileSync(join(ROOT, "test", "vectors.test.mjs"), "utf8");
  const importing = 'from "@payvost/webhooks";';
  const requiring = vectors
    .replace(/import (\{.*\}) from "@payvost\/webhooks";/, 'import { createRequire } from "node:module";\nconst $1 = createRequire(import.meta.url)("@payvost/webhooks");');

  for (const [way, source] of Object.entries({ import: vectors, require: requiring })) {
    test(`the vectors pass, with ${way}`, async () => {
      assert.equal(source.includes(importing), way === "import");
      mkdirSync(join(cwd, "test"), { recursive: true });
      cpSync(join(ROOT, "test-support", "canonical.mjs"), join(cwd, "test-support", "canonical.mjs"));
      writeFileSync(join(cwd, "test", `${way}.test.mjs`), source);
      const observed = join(cwd, way);
      await run("node", ["--test", `test/${way}.test.mjs`], cwd, { VECTORS: join(ROOT, "..", "tests", "vectors", "verify"), OBSERVED: observed });
      const lines = readFileSync(join(observed, "node.jsonl"), "utf8").trim().split("\n");
      assert.ok(lines.length >= 400);
      const { resolved } = JSON.parse(await run("node", ["-p", 'JSON.stringify({ resolved: require.resolve("@payvost/webhooks") })'], cwd));
      assert.ok(resolved.startsWith(cwd), resolved);
    });
  }

  test("every entry of the package loads in both ways, without a framework or a client", async () => {
    const entries = Object.keys(manifestOf("@payvost/webhooks").exports).filter((entry) => entry !== "./package.json");
    assert.ok(entries.includes("./express") && entries.includes("./testing"));
    for (const entry of entries) {
      const specifier = JSON.stringify(`@payvost/webhooks${entry.slice(1)}`);
      const required = JSON.parse(await run("node", ["-p", `JSON.stringify(Object.keys(require(${specifier})))`], cwd));
      const source = required.map((name) => `import { ${name} } from ${specifier}; console.log(typeof ${name});`).join("");
      const types = await run("node", ["--input-type=module", "-e", source], cwd);
      assert.ok(required.length > 0, entry);
      assert.doesNotMatch(types, /undefined/, entry);
    }
  });
});

describe("npm install @payvost/webhooks", () => {
  let registry;
  before(async () => {
    const all = join(folder, "all");
    // Packages for all systems, so that npm has to choose; the contents of the others do not matter.
    await run("node", [join(ROOT, "pack.mjs"), all, "--all", ...PLATFORMS.map(({ target }) => `${target}=${BUILT}`)], folder);
    registry = await startRegistry(all);
  });
  after(() => registry.close());

  test("installs only the package for this system", async () => {
    const cwd = project("from-registry");
    await install(cwd, "@payvost/webhooks", "--registry", registry.url);
    assert.deepEqual(installed(cwd), ["webhooks", `webhooks-${HERE.name}`]);
    assert.equal(await message(cwd), "loaded\n");
  });

  test("the library for the current libc is loaded if both are installed", { skip: LIBC === undefined }, async () => {
    const cwd = project("both");
    await install(cwd, "@payvost/webhooks", "--registry", registry.url);
    const other = PLATFORMS.find(({ os, cpu, libc }) => os === HERE.os && cpu === HERE.cpu && libc !== HERE.libc);
    const library = (platform) => join(cwd, "node_modules", packageOf(platform), "payvost_webhooks.node");
    cpSync(join(cwd, "node_modules", packageOf(HERE)), join(cwd, "node_modules", packageOf(other)), { recursive: true });
    writeFileSync(library(other), "broken");
    assert.equal(await message(cwd), "loaded\n");

    cpSync(BUILT, library(other));
    writeFileSync(library(HERE), "broken");
    const header = other.libc === "musl" ? {} : { glibcVersionRuntime: "2.36" };
    assert.equal(await message(cwd, `process.report.getReport = () => (${JSON.stringify({ header })})`), "loaded\n");
  });

  test("without optional dependencies, it runs as WebAssembly, and a warning names the missing package and the remedy", async () => {
    const cwd = project("omitted");
    await install(cwd, "@payvost/webhooks", "--omit=optional", "--registry", registry.url);
    assert.deepEqual(installed(cwd), ["webhooks"]);
    const said = await message(cwd);
    assert.ok(said.startsWith("loaded\nPAYVOST_WEBHOOKS_WASM @payvost/webhooks runs as WebAssembly"), said);
    for (const part of [packageOf(HERE), process.platform, process.arch, process.version, LIBC ?? "", "--omit=optional", "Remove node_modules"]) {
      assert.ok(said.includes(part), `${part}: ${said}`);
    }
  });

  test("on a system without a package, it runs as WebAssembly, without a warning", async () => {
    assert.equal(await message(join(folder, "from-registry"), on({ arch: "riscv64" })), "loaded\n");
  });

  test("with node_modules from another system, the warning names the missing package", async () => {
    const said = await message(join(folder, "from-registry"), on({ platform: "darwin", arch: "arm64" }));
    assert.match(said, /the package @payvost\/webhooks-darwin-arm64 with the native library for darwin arm64, Node\.js v/);
  });

  test("the error names a library that cannot be loaded, and the reason", async () => {
    const cwd = project("damaged");
    await install(cwd, "@payvost/webhooks", "--registry", registry.url);
    writeFileSync(join(cwd, "node_modules", packageOf(HERE), "payvost_webhooks.node"), "of another system");
    const said = await message(cwd);
    assert.ok(said.startsWith(`@payvost/webhooks: the native library of ${packageOf(HERE)} cannot be loaded on ${process.platform} `), said);
    assert.match(said, /Remove node_modules and install again .* \(.*payvost_webhooks\.node.*\)/);
  });
});

describe("in a checkout", () => {
  const load = () => run("node", ["-e", `${WARNINGS}; try { require("./lib") } catch (error) { console.log(error.message) }`], join(folder, "checkout"));
  before(() => cpSync(join(ROOT, "lib"), join(folder, "checkout", "lib"), { recursive: true }));

  test("the warning says how to build the library", async () => {
    assert.match(await load(), /@payvost\/webhooks runs as WebAssembly.*In a checkout of the sources, run 'make build' to build the library\./);
  });

  test("the error says that the built library cannot be loaded", async () => {
    writeFileSync(join(folder, "checkout", "payvost_webhooks.node"), "of another system");
    assert.match(await load(), /^@payvost\/webhooks: the native library payvost_webhooks\.node cannot be loaded on .*'make build'/);
  });

  test("the version is that of the library", () => {
    const manifest = readFileSync(join(ROOT, "..", "Cargo.toml"), "utf8");
    assert.equal(version, /^\[workspace\.package\]\nversion = "(.*)"$/m.exec(manifest)[1]);
  });
});

test("a release is not packed if the library of a system is missing", async () => {
  await assert.rejects(run("node", [join(ROOT, "pack.mjs"), join(folder, "some"), "--all"], folder), /no library for .*darwin-arm64|no library for .*aarch64-apple-darwin/);
});
