// The code of docs/guides/node/fetch-api.md with Next.js, Bun and Deno themselves, over HTTP.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { SIGNATURE, examine } from "../test-support/examine.mjs";
import { installInto } from "../test-support/installed.mjs";
import { codeOf } from "../test-support/pages.mjs";
import { freePort } from "../test-support/ports.mjs";
import { SECRET } from "../test-support/sample.mjs";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const RUNTIMES = join(PACKAGE, "runtimes");
const PAGE = "guides/node/fetch-api.md";

// Needs node_modules/.bin: run `scripts/setup runtimes`.
const binary = (name) => join(RUNTIMES, "node_modules/.bin", name);

const SERVERS = {
  Bun: { files: ["bun.js"], command: () => [binary("bun"), "bun.js"] },
  Deno: {
    files: ["deno.js"],
    command: () => [binary("deno"), "run", "--allow-net", "--allow-env", "--allow-ffi", "--allow-read", "deno.js"],
  },
  "Next.js": {
    files: ["app/webhooks/payvost/route.js", "next.config.mjs"],
    build: [binary("next"), "build"],
    command: (port) => [binary("next"), "start", "--port", port],
  },
  // The traced output runs on its own, in another folder.
  "Next.js, standalone": {
    files: ["app/webhooks/payvost/route.js"],
    config: ["guides/node/bundlers.md", "next.config.mjs"],
    build: [binary("next"), "build"],
    moved: standalone,
    command: () => [process.execPath, "server.js"],
  },
};

for (const [name, { files, config, build, moved, command }] of Object.entries(SERVERS)) {
  describe(`${PAGE} with ${name}`, () => {
    test("accepts the documented events and rejects invalid deliveries", async (context) => {
      let folder = application(context, files, config);
      // The variables of a developer's .env are not set when the application is built.
      if (build) run(folder, build);
      if (moved) folder = moved(context, folder);
      const server = await start(context, folder, command, { WEBHOOK_SECRET: SECRET });

      await examine(`${server.origin}/webhooks/payvost`, server.nextLine);

      assert.equal((await fetch(`${server.origin}/elsewhere`, { method: "POST" })).status, 404);
      const log = await server.stop();
      assert.match(log, /webhook refused: signature_mismatch/);
      for (const secret of [SECRET, SIGNATURE, "john", "Jane"]) assert.ok(!log.includes(secret), secret);
    });

    // Next.js creates the receiver at the first delivery.
    if (!build) test("does not start without a secret, and says why", async (context) => {
      const folder = application(context, files);
      await assert.rejects(start(context, folder, command, { WEBHOOK_SECRET: "" }), /it did not start: .*secret is blank/s);
    });
  });
}

/**
 * A folder with the code of the page and the package, as `npm install` copies it. It is next to the runtimes,
 * since Next.js does not follow links out of the application.
 */
function application(context, files, config) {
  const folder = mkdtempSync(join(RUNTIMES, ".page-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  installInto(folder);
  for (const [page, file] of [...files.map((name) => [PAGE, name]), ...(config ? [config] : [])]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), codeOf(page, file));
  }
  return folder;
}

/** Moves the output of Next.js for `output: "standalone"` to a folder where no other package is found. */
function standalone(context, folder) {
  const target = mkdtempSync(join(tmpdir(), "payvost-webhooks-standalone-"));
  context.after(() => rmSync(target, { recursive: true, force: true }));
  cpSync(join(folder, ".next/standalone"), target, { recursive: true, verbatimSymlinks: true });
  rmSync(folder, { recursive: true, force: true });
  // Below the folder of the outermost lock file.
  const [server] = readdirSync(target, { recursive: true }).filter((path) => path.endsWith(join(basename(folder), "server.js")));
  return dirname(join(target, server));
}

function environment(more) {
  return { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: "1", NEXT_TELEMETRY_DISABLED: "1", DENO_NO_UPDATE_CHECK: "1", ...more };
}

function run(cwd, [program, ...options]) {
  const result = spawnSync(program, options, { cwd, env: environment(), encoding: "utf8" });
  assert.equal(result.status, 0, `${result.stdout}${result.stderr}`);
}

/** Starts the server. Returns its origin, the lines that its handlers print, and after its end its log. */
async function start(context, cwd, command, more) {
  assert.ok(existsSync(binary("next")), "scripts/setup runtimes");
  const port = String(await freePort("localhost"));
  const [program, ...options] = command(port);
  // In a process group of its own: Next.js and npm's wrappers start another process.
  const child = spawn(program, options, { cwd, env: environment({ PORT: port, ...more }), detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const end = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It has already ended.
    }
  };
  context.after(() => end("SIGKILL"));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (log += text));
  const ended = once(child, "close");
  if (!(await listening(port, child))) {
    await ended;
    assert.fail(`it did not start: ${log}`);
  }
  return {
    origin: `http://localhost:${port}`,
    async nextLine() {
      for (;;) {
        const { value: line } = await lines.next();
        if (/^(paid|wallet|unhandled): /.test(line)) return line;
        log += `${line}\n`;
      }
    },
    async stop() {
      end("SIGTERM");
      await ended;
      return log;
    },
  };
}

/** Waits until the server listens, and returns whether it does: it may have ended. */
async function listening(port, child) {
  while (child.exitCode === null && child.signalCode === null) {
    const socket = connect(port, "localhost");
    const isOpen = await Promise.race([once(socket, "connect").then(() => true), once(socket, "error").then(() => false)]).catch(() => false);
    socket.destroy();
    if (isOpen) return true;
    await wait(50);
  }
  return false;
}
