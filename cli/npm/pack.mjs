// Packs the npm packages of the command line for a release: the main package, and one with the binary for each system that has one.
//
//   node cli/npm/pack.mjs FOLDER [--all] [TARGET=FILE]…
//
// TARGET is the name of the system in Rust. Without one, the binary from `make build` is packed. With --all, a missing binary is an error.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = resolve(HERE, "../..");
const { BINARY, PLATFORMS, packageOf, platformOf } = createRequire(import.meta.url)("./platforms.js");
const LICENSES = ["LICENSE-MIT", "LICENSE-APACHE"];

// `private` prevents publishing the folder itself.
const { private: _private, ...manifest } = JSON.parse(readFileSync(join(HERE, "package.json")));

function main() {
  const [folder, ...rest] = process.argv.slice(2);
  if (folder === undefined) throw new Error("pass the folder for the packages: node pack.mjs FOLDER");
  const all = rest.includes("--all");
  const binaries = new Map(rest.filter((word) => word !== "--all").map((word) => word.split(/=(.*)/s, 2)));
  if (binaries.size === 0) {
    const platform = platformOf(process);
    if (platform === undefined) throw new Error("this system has no package; platforms.js has the list");
    binaries.set(platform.target, join(ROOT, "target/bin", BINARY));
  }
  const targets = PLATFORMS.map(({ target }) => target);
  const unknown = [...binaries.keys()].filter((target) => !targets.includes(target));
  if (unknown.length > 0) throw new Error(`there is no package for ${unknown.join(", ")}; platforms.js has the list`);
  const missing = targets.filter((target) => !binaries.has(target));
  if (all && missing.length > 0) throw new Error(`no binary for ${missing.join(", ")}`);

  mkdirSync(folder, { recursive: true });
  // The main package comes last: it needs the others.
  for (const platform of PLATFORMS.filter(({ target }) => binaries.has(target))) {
    console.log(packPlatform(platform, binaries.get(platform.target), resolve(folder)));
  }
  console.log(packMain(resolve(folder)));
}

function packMain(folder) {
  const optionalDependencies = Object.fromEntries(PLATFORMS.map((platform) => [packageOf(platform), manifest.version]));
  return pack(folder, { ...manifest, files: [...manifest.files, ...LICENSES], optionalDependencies }, (stage) => {
    cpSync(join(HERE, "bin"), join(stage, "bin"), { recursive: true });
    copyFileSync(join(HERE, "platforms.js"), join(stage, "platforms.js"));
    copyFileSync(join(HERE, "../README.md"), join(stage, "README.md"));
  });
}

function packPlatform(platform, file, folder) {
  if (!existsSync(file)) throw new Error(`${file} is missing: run 'make build'`);
  const { version, license, homepage, repository, engines } = manifest;
  const name = packageOf(platform);
  const description = `The binary of ${manifest.name} for ${platform.os} on ${platform.cpu}`;
  const fields = { name, version, description, license, homepage, repository, engines };
  return pack(folder, { ...fields, os: [platform.os], cpu: [platform.cpu], files: [BINARY, ...LICENSES] }, (stage) => {
    copyFileSync(file, join(stage, BINARY));
    chmodSync(join(stage, BINARY), 0o755);
    writeFileSync(join(stage, "README.md"), `# ${name}\n\n${description}. The package manager installs it with that package on a matching system.\n`);
  });
}

function pack(folder, packed, fill) {
  const stage = mkdtempSync(join(tmpdir(), "payvost-webhooks-cli-"));
  try {
    writeFileSync(join(stage, "package.json"), `${JSON.stringify(packed, null, 2)}\n`);
    for (const license of LICENSES) copyFileSync(join(ROOT, license), join(stage, license));
    fill(stage);
    const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
    const printed = execFileSync("npm", args, { cwd: stage, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    return join(folder, basename(JSON.parse(printed)[0].filename));
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

main();
