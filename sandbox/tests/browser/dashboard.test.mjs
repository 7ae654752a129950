// The dashboard in Chromium: each step of the provider's guide by mouse, by keyboard alone and without scripts; what axe-core says; and what
// pages of other origins can do.
//
//   cargo test --package payvost-webhooks-cli --no-run && node --test sandbox/tests/browser

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { keyboard, launch, mouse, objections, open, startReceiver, startSandbox } from "./kit.mjs";

let browser;
before(async () => {
  browser = await launch("--host-resolver-rules=MAP rebound.example 127.0.0.1");
});
after(() => browser.close());

/** Runs a line of shell that a page shows. */
function shell(line, secret) {
  return execFileSync("sh", ["-c", line], { env: { ...process.env, WEBHOOK_SECRET: secret }, encoding: "utf8" }).trim();
}

/** The steps of "Register Webhook in Dashboard", and what one does with a webhook then. */
async function useDashboard(page, hand, receiver, hasScripts) {
  const shows = (text) => page.getByText(text).first().waitFor();
  const copied = async (name) => {
    if (!hasScripts) return page.locator(`[data-copy="${name}"]`).textContent();
    await hand.press("button", `Copy ${name}`);
    return page.evaluate(() => navigator.clipboard.readText());
  };

  // Settings > Webhooks > Add endpoint: enter the URL, select events, save and copy the secret.
  await hand.press("link", "Settings");
  await hand.press("link", "Webhooks");
  await hand.press("link", "Add endpoint");
  await hand.write("Endpoint URL", receiver.url);
  await hand.press("checkbox", "All events");
  await hand.press("checkbox", "All payment events");
  await hand.press("checkbox", "user.kyc_verified");
  await hand.press("button", "Save");
  await shows("The endpoint was added");
  const secret = await copied("the secret");
  assert.match(secret, /^whsec_/);
  await shows("payment.*");
  const endpoint = page.url();

  // Send a test event: it fails.
  receiver.answer.status = 500;
  await hand.choose("Event type", "payment.refunded");
  await hand.press("button", "Send test event");
  await shows("The event was accepted");
  await until(() => receiver.requests.length === 1);
  const delivery = page.url().split("?")[0];
  if (!hasScripts) await page.goto(delivery);
  await shows("due in 5 s");
  const [request] = receiver.requests;
  assert.equal(JSON.parse(request.body).type, "payment.refunded");

  // The request, pretty and raw, and its signature.
  assert.match(await page.locator("#payload-pretty pre").textContent(), /\n {2}"type": "payment.refunded",\n/);
  await hand.unfold("Raw");
  assert.equal(await page.locator("#payload-raw pre").textContent(), request.body.toString());
  assert.equal(await page.locator("[data-copy='the signature']").textContent(), request.signature);
  assert.equal(shell(await copied("the command"), secret), request.signature);

  // Turn the clock: the retry succeeds.
  receiver.answer.status = 200;
  await hand.press("button", "+5 s");
  await shows("The clock was advanced");
  await shows("Attempt 2");
  assert.equal(receiver.requests.length, 2);
  await hand.press("link", "Attempt 1");
  await shows("Request of attempt 1");
  await shows("Status 500");

  // Resend.
  await hand.press("button", "Resend");
  await shows("The delivery is sent again");
  await until(() => receiver.requests.length === 3);
  await page.goto(`${delivery}?attempt=3`);
  await shows("Request of attempt 3");

  // View the attempts of this endpoint that were delivered.
  await hand.press("link", "Deliveries");
  await hand.choose("Endpoint", await page.getByLabel("Endpoint", { exact: true }).locator("option").nth(1).textContent());
  await hand.choose("Status", "Delivered");
  await hand.press("button", "Filter");
  await until(() => page.url().includes("status=delivered"));
  await page.getByRole("row", { name: "payment.refunded" }).waitFor();

  // Rotate the secret: the old one signs until the overlap ends.
  await page.goto(endpoint);
  await hand.press("link", "Rotate secret");
  await hand.press("button", "Rotate secret");
  await shows("The secret was rotated");
  const rotated = await copied("the secret");
  assert.notEqual(rotated, secret);
  await shows("The old secret signs until");
  await hand.unfold("More");
  await hand.write("hours", "1");
  await hand.press("button", "Advance");
  await shows("The clock was advanced");
  assert.equal(await page.getByText("The old secret signs until").count(), 0);
  await hand.press("button", "Send test event");
  await shows("The event was accepted");
  await until(() => receiver.requests.length === 4);
  const [last] = receiver.requests.slice(-1);
  await page.goto(page.url());
  assert.equal(shell(await page.locator(".script").textContent(), rotated), last.signature);

  // Update, disable, enable, delete.
  await page.goto(endpoint);
  await hand.press("link", "Edit");
  await hand.write("Description optional", "Production webhook endpoint");
  await hand.press("button", "Save");
  await shows("Production webhook endpoint");
  await hand.press("button", "Disable");
  await shows("The endpoint is disabled");
  assert.ok(await page.getByRole("button", { name: "Send test event" }).isDisabled());
  await hand.press("button", "Enable");
  await shows("The endpoint is enabled");
  await hand.press("link", "Delete");
  await hand.press("button", "Delete endpoint");
  await shows("The endpoint was deleted");

  // An event that no endpoint subscribes to.
  await hand.press("link", "Send an event");
  await hand.write("Event type", "wallet.frozen");
  await hand.press("button", "Send event");
  await shows("no endpoint subscribes");
}

async function until(holds) {
  for (let turn = 0; turn < 1_000; turn += 1) {
    if (holds()) return;
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
  assert.fail("it did not happen");
}

const WAYS = [
  { name: "by mouse", hand: mouse, options: {} },
  { name: "by keyboard alone", hand: keyboard, options: {} },
  { name: "without scripts, on a small screen", hand: mouse, options: { javaScriptEnabled: false, viewport: { width: 360, height: 740 } } },
];

for (const { name, hand, options } of WAYS) {
  test(`each step of the guide works ${name}`, async () => {
    const [sandbox, receiver] = await Promise.all([startSandbox("--clock", "virtual", "--rotation-overlap", "60"), startReceiver()]);
    const { page, close } = await open(browser, sandbox, options);
    try {
      await useDashboard(page, hand(page), receiver, options.javaScriptEnabled !== false);
      await close();
    } finally {
      receiver.stop();
      await sandbox.stop();
    }
  });
}

const HOSTILE = "<img src=x onerror=alert(1)></title></textarea></script><script>alert(1)</script>\"'&amp;\u202e";

test("axe-core finds nothing, no page is too wide, and hostile texts run no script", async () => {
  const receiver = await startReceiver({ status: 500, body: HOSTILE, headers: { "x-hostile": HOSTILE.replace("\u202e", "") } });
  const sandbox = await startSandbox("--clock", "virtual", "--disable-after", "259200", "--rotation-overlap", "86400", "--endpoint", receiver.url);
  try {
    const webhook = await sandbox.call("POST", "/v1/webhooks", { url: receiver.url, events: ["payment.*"], description: HOSTILE, metadata: { [HOSTILE]: HOSTILE } });
    await sandbox.call("POST", "/v1/testing/events", { eventType: "payment.failed", id: HOSTILE, data: { [HOSTILE]: [HOSTILE] } });
    await sandbox.call("POST", "/v1/testing/time/advance", { minutes: 7 });
    await sandbox.call("POST", `/v1/webhooks/${webhook.id}/rotate-secret`);
    const { page, close } = await open(browser, sandbox);
    const pages = [
      "/webhooks", "/webhooks/new", `/webhooks/${webhook.id}?done=rotated`, `/webhooks/${webhook.id}/edit`, `/webhooks/${webhook.id}/delete`,
      "/deliveries", "/deliveries/1", "/send", "/sandbox",
    ];
    const found = [];
    for (const at of pages) {
      await page.goto(`${sandbox.baseUrl}/dashboard${at}`);
      found.push(...(await objections(page)));
      await page.setViewportSize({ width: 360, height: 740 });
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (excess > 0) found.push(`${at} is ${excess} pixels too wide for a small screen`);
      await page.setViewportSize({ width: 1280, height: 800 });
      assert.match(await page.title(), /Payvost sandbox$/);
    }
    assert.deepEqual(found, []);
    await close();
  } finally {
    receiver.stop();
    await sandbox.stop();
  }
});

test("what happens appears by itself, and the focus stays", async () => {
  const receiver = await startReceiver();
  const sandbox = await startSandbox("--endpoint", receiver.url);
  try {
    await sandbox.call("POST", "/v1/testing/events", { eventType: "payment.created" });
    const { page, close } = await open(browser, sandbox);
    await page.goto(`${sandbox.baseUrl}/dashboard/deliveries`);
    const first = page.getByRole("link", { name: "payment.created" });
    await first.focus();
    await sandbox.call("POST", "/v1/testing/events", { eventType: "wallet.frozen" });
    await page.getByRole("row", { name: "wallet.frozen" }).getByText("Delivered").waitFor();
    assert.ok(await first.evaluate((link) => link === document.activeElement));

    await page.getByRole("button", { name: "Pause live updates" }).click();
    await sandbox.call("POST", "/v1/testing/events", { eventType: "user.created" });
    await until(() => receiver.requests.length === 3);
    await page.waitForTimeout(1_200);
    assert.equal(await page.getByRole("row", { name: "user.created" }).count(), 0);
    await close();
  } finally {
    receiver.stop();
    await sandbox.stop();
  }
});

/** A page that tries to read from the sandbox and to change it, and says what it could read. */
function attack(target, path) {
  return `<!doctype html><title>attack</title><iframe name="frame" src="${target}${path}"></iframe>
    <form method="post" target="frame" action="${target}${path}/delete"><input name="form_token" value=""></form>
    <script>
      const read = [];
      const attempts = [
        () => fetch("${target}${path}", { credentials: "include" }),
        () => fetch("${target}${path}", { credentials: "include", mode: "no-cors" }),
        () => fetch("${target}${path}/delete", { method: "POST", credentials: "include", mode: "no-cors", body: new URLSearchParams({ form_token: "" }) }),
        () => fetch("${target}/v1/webhooks", { headers: { authorization: "Bearer sk_test_sandbox" } }),
      ];
      (async () => {
        for (const attempt of attempts) {
          try { const response = await attempt(); if (response.type !== "opaque") read.push(await response.text()); } catch { /* refused */ }
        }
        document.forms[0].submit();
        await new Promise((resolve) => setTimeout(resolve, 200));
        try { read.push(frames[0].document.body.textContent); } catch { /* another origin */ }
        document.title = JSON.stringify(read);
      })();
    </script>`;
}

test("a page of another origin, and a rebound name, can neither read nor change anything", async () => {
  const sandbox = await startSandbox("--endpoint", "http://127.0.0.1:9/");
  const { port } = new URL(sandbox.baseUrl);
  const [endpoint] = sandbox.endpoints;
  const path = `/dashboard/webhooks/${endpoint.id}`;
  let target = sandbox.baseUrl;
  // It serves the attack, and stands for a page that was loaded before its name was rebound to the sandbox.
  const evil = createServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end(attack(target, path)));
  await once(evil.listen(0, "127.0.0.1"), "listening");
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(sandbox.dashboardUrl);
    await page.goto(sandbox.baseUrl + path);
    assert.match(await page.content(), /whsec_/);
    // The first is another port of the same host: the browser sends the cookie with its requests.
    for (const host of ["127.0.0.1", "localhost", "rebound.example"]) {
      await page.goto(`http://${host}:${evil.address().port}/`);
      await page.waitForFunction(() => document.title.startsWith("["));
      const read = await page.title();
      assert.ok(!read.includes("whsec_") && !read.includes(endpoint.id), `${host}: ${read}`);
    }
    // Under a rebound name everything is of the same origin, and the sandbox itself has to refuse.
    target = `http://rebound.example:${port}`;
    for (const at of [path, "/dashboard", new URL(sandbox.dashboardUrl).pathname + new URL(sandbox.dashboardUrl).search, "/v1/webhooks"]) {
      const response = await page.goto(target + at);
      assert.equal(response.status(), 403, at);
      assert.ok(!(await page.content()).includes("whsec_"));
    }
    await page.goto(`${target}/dashboard`);
    const status = await page.evaluate(async (at) => (await fetch(at, { method: "POST", body: new URLSearchParams({ form_token: "" }) })).status, `${path}/delete`).catch(() => 403);
    assert.equal(status, 403);

    const webhooks = await sandbox.call("GET", "/v1/webhooks");
    assert.deepEqual(webhooks.map((webhook) => [webhook.id, webhook.enabled]), [[endpoint.id, true]]);
  } finally {
    await context.close();
    evil.close();
    evil.closeAllConnections();
    await sandbox.stop();
  }
});
