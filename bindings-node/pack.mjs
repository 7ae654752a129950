// Packs the packages for a release: the main package, and one with the native library for each system that has a library.
//
//   node bindings-node/pack.mjs FOLDER [--all] [TARGET=FILE]…
//
// TARGET is the name of the system in Rust. Without one, the library from `make build` is packed. With --all, a missing library is an error.
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./build.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));

// Compiled now, so that nothing older than its source is packed.
const WORK = mkdtempSync(join(tmpdir(), "payvost-webhooks-lib-"));
process.once("exit", () => rmSync(WORK, { recursive: true, force: true }));
const LIB = join(WORK, "lib");
build(LIB);
const { PLATFORMS, fitting, libcOf, packageOf } = createRequire(import.meta.url)(join(LIB, "platforms.js"));

const LIBRARY = "payvost_webhooks.node";
const LICENSES = ["LICENSE-MIT", "LICENSE-APACHE"];

// These fields are useful only in a checkout. `private` prevents publishing the folder itself.
const { private: _private, scripts: _scripts, devDependencies: _dev, ...manifest } = JSON.parse(readFileSync(join(HERE, "package.json")));

function main() {
  const [folder, ...rest] = process.argv.slice(2);
  if (folder === undefined) throw new Error("pass the folder for the packages: node pack.mjs FOLDER");
  const all = rest.includes("--all");
  const libraries = new Map(rest.filter((word) => word !== "--all").map((word) => word.split(/=(.*)/s, 2)));
  if (libraries.size === 0) libraries.set(thisPlatform().target, join(HERE, LIBRARY));

  const targets = PLATFORMS.map(({ target }) => target);
  const unknown = [...libraries.keys()].filter((target) => !targets.includes(target));
  if (unknown.length > 0) throw new Error(`there is no package for ${unknown.join(", ")}; src-ts/platforms.ts has the list`);
  const missing = targets.filter((target) => !libraries.has(target));
  if (all && missing.length > 0) throw new Error(`no library for ${missing.join(", ")}`);

  mkdirSync(folder, { recursive: true });
  const platforms = PLATFORMS.filter(({ target }) => libraries.has(target));
  // The main package comes last: it needs the others.
  for (const platform of platforms) console.log(packPlatform(platform, libraries.get(platform.target), resolve(folder)));
  console.log(packMain(resolve(folder)));
}

function packMain(folder) {
  return pack(folder, {
    manifest: {
      ...manifest,
      files: [...manifest.files, ...LICENSES],
      optionalDependencies: Object.fromEntries(PLATFORMS.map((platform) => [packageOf(platform), manifest.version])),
    },
    fill(stage) {
      cpSync(LIB, join(stage, "lib"), { recursive: true });
      copyFileSync(join(HERE, "README.md"), join(stage, "README.md"));
    },
  });
}

function packPlatform(platform, file, folder) {
  if (!existsSync(file)) throw new Error(`${file} is missing: run 'make build'`);
  const { version, license, homepage, repository, engines } = manifest;
  const name = packageOf(platform);
  const description = `The native library of ${manifest.name} for ${platform.target}`;
  const libc = platform.libc && { libc: [platform.libc] };
  return pack(folder, {
    manifest: {
      ...{ name, version, description, license, homepage, repository, engines },
      ...{ os: [platform.os], cpu: [platform.cpu], ...libc, main: LIBRARY, files: [LIBRARY, ...LICENSES] },
    },
    fill(stage) {
      copyFileSync(file, join(stage, LIBRARY));
      writeFileSync(join(stage, "README.md"), `# ${name}\n\n${description}. The package manager installs it with that package on a matching system.\n`);
    },
  });
}

function pack(folder, { manifest, fill }) {
  const stage = mkdtempSync(join(tmpdir(), "payvost-webhooks-pack-"));
  try {
    writeFileSync(join(stage, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
    for (const license of LICENSES) copyFileSync(join(HERE, "..", license), join(stage, license));
    fill(stage);
    const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
    // On Windows, npm is a shell script.
    const printed = execFileSync("npm", args, { cwd: stage, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], shell: process.platform === "win32" });
    return join(folder, basename(JSON.parse(printed)[0].filename));
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

function thisPlatform() {
  const libc = libcOf(process)?.name;
  const [platform] = fitting(process).filter((each) => each.libc === libc);
  if (platform === undefined) throw new Error("this system has no package; src-ts/platforms.ts has the list");
  return platform;
}

main();
