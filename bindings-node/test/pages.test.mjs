// The code of each page of the documentation, with the framework that it is about, over HTTP: the documented events and the
// refusals, what is answered, and which handler is called.
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
