// The code of each page of the documentation, with the framework that it is about, over HTTP: the documented events and the
// refusals, what is answered, and which handler is called.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sampleEvent, signedRequest } from "@payvost/webhooks/testing";
import { RECEIVED, deliver, refusal, refusalOf, serve } from "../test-support/http.mjs";
import { folderOf, startPage } from "../test-support/pages.mjs";
import { SECRET } from "../test-support/sample.mjs";
import { TYPES } from "../test-support/types.mjs";
import { createServer } from "node:http";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";

const PAGES = {
  "Express 5": ["express.md", "server.js", { express: "express" }],
  "Express 4": ["express.md", "server.js", { express: "express4" }],
  Fastify: ["fastify.md", "server.mjs", { fastify: "fastify" }],
  "node:http": ["node-http.md", "server.mjs", {}],
  Hono: ["fetch-api.md", "server.mjs", { hono: "hono", "@hono/node-server": "@hono/node-server" }],
};

/** What the handlers of the pages print. */
function printedFor({ id, type, data }) {
  if (type === "payment.succeeded") return `paid: ${data.amount} ${data.currency}`;
  return type.startsWith("wallet.") ? `wallet: ${type} ${data.id}` : `unhandled: ${type} ${id}`;
}

const { body: BODY, headers: HEADERS } = signedRequest(sampleEvent("user.created"), SECRET);
const SIGNATURE = HEADERS["Payvost-Signature"];
const signed = (body) => [body, signedRequest(body, SECRET).headers];

const REFUSED = {
  "without a header": [400, "missing_signature", BODY, {}],
  "with an empty header": [400, "missing_signature", BODY, { "Payvost-Signature": "" }],
  "with another signature": [400, "signature_mismatch", BODY, { "Payvost-Signature": "0".repeat(64) }],
  "with a signature in upper case": [400, "malformed_signature", BODY, { "Payvost-Signature": SIGNATURE.toUpperCase() }],
  "with the header twice": [400, "malformed_signature", BODY, { "Payvost-Signature": [SIGNATURE, SIGNATURE] }],
  "with the header twice, joined with a comma": [400, "malformed_signature", BODY, { "Payvost-Signature": `${SIGNATURE},${SIGNATURE}` }],
  "with the header twice, in two letter cases": [400, "malformed_signature", BODY, { "Payvost-Signature": SIGNATURE, "PAYVOST-SIGNATURE": SIGNATURE }],
  "with a changed body": [400, "signature_mismatch", BODY.replace("John", "Jane"), HEADERS],
  "with a body that ends in a new line": [400, "signature_mismatch", `${BODY}\n`, HEADERS],
  "without a body": [400, "signature_mismatch", "", HEADERS],
  "with a signed body that is no JSON": [400, "invalid_json", ...signed("{")],
  "with a signed body that begins with a byte order mark": [400, "invalid_json", ...signed(`\ufeff${BODY}`)],
  "with a signed body that is no event": [400, "invalid_event", ...signed("{}")],
  "with a body over the limit": [413, "payload_too_large", ...signed(`${BODY}${" ".repeat(2 ** 20)}`)],
};

/** What every receiver of the pages must do. */
async function examine(url, nextLine) {
  for (const type of TYPES) {
    const event = sampleEvent(type);
    const { body, headers } = signedRequest(event, SECRET);
    assert.deepEqual(await deliver(url, body, headers), RECEIVED, type);
    assert.equal(await nextLine(), printedFor(event));
  }
  const unknown = sampleEvent("user.created", { type: "comet.sighted", data: { name: "Halley ☄" } });
  const { body, headers } = signedRequest(unknown, SECRET);
  assert.deepEqual(await deliver(url, body, headers), RECEIVED, "an event of a type that nobody knows");
  assert.equal(await nextLine(), printedFor(unknown));

  for (const [name, [status, code, body, headers]] of Object.entries(REFUSED)) {
    assert.deepEqual(refusalOf(await deliver(url, body, headers)), refusal(status, code), name);
  }
  const chunked = { ...REFUSED["with a body over the limit"][3], "Transfer-Encoding": "chunked", "Content-Length": [] };
  const tooLarge = await deliver(url, REFUSED["with a body over the limit"][2], chunked);
  assert.deepEqual(refusalOf(tooLarge), refusal(413, "payload_too_large"), "without Content-Length");

  // Had a handler been called for what was refused, its line would come before this one's.
  for (const name of ["payvost-signature", "PAYVOST-SIGNATURE", "pAyVoSt-SiGnAtUrE"]) {
    const event = sampleEvent("wallet.frozen", { data: { id: name } });
    const request = signedRequest(event, SECRET);
    const type = name === "payvost-signature" ? {} : { "Content-Type": "text/plain; charset=latin1" };
    assert.deepEqual(await deliver(url, request.body, { [name]: request.headers["Payvost-Signature"], ...type }), RECEIVED, name);
    assert.equal(await nextLine(), printedFor(event));
  }
}

for (const [name, [page, file, packages]] of Object.entries(PAGES)) {
  describe(`${page} with ${name}`, () => {
    test("takes the documented events and refuses what it must", async (context) => {
      const { origin, nextLine, stop } = await startPage(context, page, file, { packages, env: { WEBHOOK_SECRET: SECRET } });
      await examine(`${origin}/webhooks/payvost`, nextLine);
      const complaints = await stop();
      assert.match(complaints, /webhook refused: signature_mismatch/);
      for (const secret of [SECRET, SIGNATURE, "john", "Jane"]) assert.ok(!complaints.includes(secret), secret);
    });

    test("does not start without a secret, and says why", async (context) => {
      await assert.rejects(startPage(context, page, file, { packages, env: { WEBHOOK_SECRET: "" } }), /ConfigurationError.*\n?.*invalid_secret/s);
    });
  });
}

test("fetch-api.md: the route handler of Next.js takes and refuses the same", async (context) => {
  process.env.WEBHOOK_SECRET = SECRET;
  const lines = [];
  context.mock.method(console, "log", (...parts) => lines.push(parts.join(" ")));
  context.mock.method(console, "warn", () => {});
  const { POST, runtime } = await import(pathToFileURL(folderOf(context, "fetch-api.md", "app/webhooks/payvost/route.js")));
  assert.equal(runtime, "nodejs");
  const url = await serve(context, createServer(bridged(POST)));
  await examine(url, async () => lines.shift());
  assert.deepEqual(lines, []);
});

/** Standard requests and responses over `node:http`, as a framework makes them. */
function bridged(handler) {
  return async (incoming, outgoing) => {
    const headers = new Headers();
    for (let i = 0; i < incoming.rawHeaders.length; i += 2) headers.append(incoming.rawHeaders[i], incoming.rawHeaders[i + 1]);
    const body = Readable.toWeb(incoming);
    const response = await handler(new Request("http://localhost/", { method: "POST", headers, body, duplex: "half" }));
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
  };
}
