// The tools for testing handlers.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { WebhookReceiver, WebhookRouter, WebhookVerifier } from "@payvost/webhooks";
import { sampleEvent, signedRequest } from "@payvost/webhooks/testing";
import { SECRET, codeOf } from "../test-support/sample.mjs";
import { TYPES } from "../test-support/types.mjs";

describe("sampleEvent", () => {
  test("knows every documented type", () => {
    const verifier = new WebhookVerifier(SECRET);
    for (const type of TYPES) {
      const event = sampleEvent(type);
      assert.equal(event.type, type);
      const { body, headers } = signedRequest(event, SECRET);
      assert.deepEqual(verifier.verify(body, headers["Payvost-Signature"]), event);
    }
  });

  test("returns a new event each time", () => {
    sampleEvent("payment.succeeded").data.customer.name = "Jane Roe";
    assert.equal(sampleEvent("payment.succeeded").data.customer.name, "John Doe");
  });

  test("merges objects at any depth, and replaces other values", () => {
    const overrides = { id: "evt_7", data: { amount: "12.50", customer: { name: "Jane Roe" }, metadata: null, tags: ["a"] }, previousData: { amount: "1" } };
    const { data, id, previousData, type } = sampleEvent("payment.succeeded", overrides);
    assert.deepEqual([id, type, previousData], ["evt_7", "payment.succeeded", { amount: "1" }]);
    assert.deepEqual([data.amount, data.currency, data.metadata, data.tags], ["12.50", "USD", null, ["a"]]);
    assert.deepEqual(data.customer, { email: "customer@example.com", name: "Jane Roe" });
    assert.deepEqual(sampleEvent("user.kyc_rejected", { data: { requiredActions: [] } }).data.requiredActions, []);
  });

  test("does not change any prototype", () => {
    const { data } = sampleEvent("user.created", { data: JSON.parse('{"__proto__":{"admin":true}}') });
    assert.ok(Object.hasOwn(data, "__proto__"));
    assert.equal({}.admin ?? data.admin, undefined);
  });

  test("rejects undocumented types", () => {
    for (const type of ["comet.sighted", "payment.*", "", undefined]) assert.equal(codeOf(() => sampleEvent(type)), "invalid_option");
  });
});

describe("signedRequest", () => {
  test("signs a body unchanged", () => {
    const bytes = Buffer.from([0x7b, 0xff]);
    for (const body of ["{", bytes]) {
      const request = signedRequest(body, SECRET);
      assert.equal(request.body, body);
      assert.equal(codeOf(() => new WebhookVerifier(SECRET).verify(body, request.headers["Payvost-Signature"])), "invalid_json");
    }
  });

  test("tests a handler in three lines", async () => {
    const paid = [];
    const receiver = new WebhookReceiver(SECRET, new WebhookRouter().on("payment.succeeded", ({ data }) => paid.push(data.amount)));

    const { body, headers } = signedRequest(sampleEvent("payment.succeeded", { data: { amount: "12.50" } }), SECRET);
    assert.equal((await receiver.receive(body, headers["Payvost-Signature"])).status, 200);
    assert.deepEqual(paid, ["12.50"]);
  });
});
