// A sandbox, a receiver and a browser for the tests of the dashboard.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { createInterface } from "node:readline";

import { chromium } from "playwright-core";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What cargo has built for the tests of the command line. */
function command() {
  const built = path.join(process.env.CARGO_TARGET_DIR ?? path.join(ROOT, "target"), "debug", "payvost-webhooks");
  assert.ok(existsSync(built), `${built} is missing: run cargo test --package payvost-webhooks-cli first`);
  return built;
}

/** Starts a sandbox. Returns what it says when it is ready, and how to use its API and stop it. */
export async function startSandbox(...options) {
  const sandbox = spawn(command(), ["sandbox", "--listen", "127.0.0.1:0", "--json", ...options], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: sandbox.stdout }), "line");
  const ready = JSON.parse(line);
  const call = async (method, at, body) => {
    const headers = { authorization: `Bearer ${ready.apiKey}` };
    const response = await fetch(ready.baseUrl + at, { method, headers, body: body && JSON.stringify(body) });
    return (await response.json()).data;
  };
  const stop = async () => {
    sandbox.kill("SIGTERM");
    await once(sandbox, "exit");
  };
  return { ...ready, call, stop };
}

/** A receiver that answers with `answer.status` and `answer.body`, and keeps what it gets. */
export async function startReceiver(answer = { status: 200, body: '{"received":true}' }) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const body = [];
    for await (const part of request) body.push(part);
    requests.push({ signature: request.headers["payvost-signature"], body: Buffer.concat(body) });
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers }).end(answer.body);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${server.address().port}/webhooks/payvost`, requests, answer, stop };
}

export function launch(...args) {
  // In a container there are no user namespaces for Chromium's own sandbox. It loads nothing but our pages.
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", ...args] });
}

/** A browser window that has opened the printed address, and fails the test where a page does what it must not. */
export async function open(browser, sandbox, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions: ["clipboard-read", "clipboard-write"], ...options });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const faults = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(`${sandbox.baseUrl}/dashboard`)) faults.push(`asks for ${request.url()}`);
  });
  page.on("pageerror", (error) => faults.push(`throws ${error.message}`));
  page.on("console", (message) => faults.push(`says ${message.text()}`));
  page.on("dialog", (dialog) => {
    faults.push("runs a script of somebody else's");
    void dialog.dismiss();
  });
  await page.goto(sandbox.dashboardUrl);
  const close = async () => {
    await context.close();
    assert.deepEqual(faults, []);
  };
  return { page, close };
}

/** What axe-core objects to, in both themes. */
export async function objections(page) {
  const found = [];
  await page.evaluate(AXE);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    for (const { id, nodes } of violations) found.push(`${colorScheme} ${page.url()} ${id}: ${nodes.map((node) => node.html).join(" ")}`);
  }
  return found;
}

/** Uses a page with the mouse. */
export function mouse(page) {
  return {
    press: (role, name) => page.getByRole(role, { name, exact: true }).first().click(),
    write: (label, text) => page.getByLabel(label, { exact: true }).fill(text),
    choose: (label, option) => page.getByLabel(label, { exact: true }).selectOption(option),
    unfold: (name) => page.locator("summary", { hasText: name }).first().click(),
  };
}

/** Uses a page with the keyboard alone: Tab leads to everything, and shows where it is. */
export function keyboard(page) {
  const reach = async (target) => {
    await target.waitFor();
    const wanted = await target.elementHandle();
    for (let steps = 0; steps < 200; steps += 1) {
      if (await wanted.evaluate((element) => element === document.activeElement)) {
        const outline = await wanted.evaluate((element) => getComputedStyle(element).outlineStyle);
        assert.notEqual(outline, "none", "the focus is visible");
        return;
      }
      await page.keyboard.press("Tab");
    }
    assert.fail(`Tab does not lead to ${target}`);
  };
  return {
    press: async (role, name) => {
      await reach(page.getByRole(role, { name, exact: true }).first());
      await page.keyboard.press(role === "checkbox" ? "Space" : "Enter");
    },
    write: async (label, text) => {
      await reach(page.getByLabel(label, { exact: true }));
      await page.keyboard.press("Control+A");
      await page.keyboard.type(text);
    },
    choose: async (label, option) => {
      await reach(page.getByLabel(label, { exact: true }));
      await page.keyboard.type(option);
    },
    unfold: async (name) => {
      await reach(page.locator("summary", { hasText: name }).first());
      await page.keyboard.press("Enter");
    },
  };
}
