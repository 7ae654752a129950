// The code of each page of the documentation, with its framework, over HTTP: the documented events, the invalid
// deliveries, the responses, and the handler that is called.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SIGNATURE, examine } from "../test-support/examine.mjs";
import { startPage } from "../test-support/pages.mjs";
import { SECRET } from "../test-support/sample.mjs";

const PAGES = {
  "Express, to get started": ["guides/node/get-started.md", "server.js", { express: "express" }],
  "Express 5": ["guides/node/express.md", "server.js", { express: "express" }],
  "Express 4": ["guides/node/express.md", "server.js", { express: "express4" }],
  Fastify: ["guides/node/fastify.md", "server.mjs", { fastify: "fastify" }],
  "node:http": ["guides/node/node-http.md", "server.mjs", {}],
  Hono: ["guides/node/fetch-api.md", "server.mjs", { hono: "hono", "@hono/node-server": "@hono/node-server" }],
};

for (const [name, [page, file, packages]] of Object.entries(PAGES)) {
  describe(`${page} with ${name}`, () => {
    test("accepts the documented events and rejects invalid deliveries", async (context) => {
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
