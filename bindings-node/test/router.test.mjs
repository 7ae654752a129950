// How the router chooses the handler for an event.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { WebhookRouter } from "@payvost/webhooks";
import { sampleEvent } from "@payvost/webhooks/testing";
import { codeOf, refused } from "../test-support/sample.mjs";

const event = (type) => sampleEvent("user.created", { type });

describe("dispatch", () => {
  test("calls the most specific handler, and only that one", () => {
    const calls = [];
    const router = new WebhookRouter();
    for (const pattern of ["*", "report.*", "report.daily.*", "report.daily.ready"]) router.on(pattern, ({ type }) => calls.push([pattern, type]));
    const expected = [
      ["report.daily.ready", "report.daily.ready"],
      ["report.daily.*", "report.daily.late"],
      ["report.*", "report.weekly"],
      ["*", "report"],
      ["*", "Report.daily"],
      ["*", "payment.succeeded"],
    ];
    for (const [, type] of expected) router.dispatch(event(type));
    assert.deepEqual(calls, expected);
  });

  test("returns the result of the handler, or its promise, and throws its exception", async () => {
    const router = new WebhookRouter()
      .on("payment.succeeded", ({ data }) => data.amount)
      .on("payment.failed", async ({ data }) => data.failureCode)
      .on("payment.refunded", () => {
        throw new RangeError("too late");
      });
    assert.equal(router.dispatch(sampleEvent("payment.succeeded")), "99.99");
    const promise = router.dispatch(sampleEvent("payment.failed"));
    assert.ok(promise instanceof Promise);
    assert.equal(await promise, "card_declined");
    assert.throws(() => router.dispatch(sampleEvent("payment.refunded")), new RangeError("too late"));
  });

  test("accepts an event without a handler", () => {
    assert.equal(new WebhookRouter().on("payment.*", () => "called").dispatch(event("transfer.failed")), undefined);
  });

  test("passes the handler only the event", () => {
    const given = [];
    const original = event("comet.sighted");
    new WebhookRouter().on("*", function (...parameters) { given.push(this, ...parameters); }).dispatch(original);
    assert.equal(given.length, 2);
    assert.equal(given[0], undefined);
    assert.equal(given[1], original);
  });

  test("finds types that are not ASCII", () => {
    assert.equal(new WebhookRouter().on("comète.*", () => "called").dispatch(event("comète.☄")), "called");
  });
});

describe("on", () => {
  test("rejects a pattern that cannot match any type", () => {
    const patterns = ["", ".*", "payment.", "payment*", "*.succeeded", "**", " payment.*", "payment.\0", "\ud800", undefined, null, 7, {}, ["*"]];
    for (const pattern of patterns) assert.equal(codeOf(() => new WebhookRouter().on(pattern, () => {})), "invalid_option", String(pattern));
  });

  test("rejects a duplicate pattern, and keeps the first handler", () => {
    const router = new WebhookRouter().on("payment.*", () => "first");
    const error = refused(() => router.on("payment.*", () => "second"));
    assert.deepEqual([error.name, error.code], ["ConfigurationError", "invalid_option"]);
    assert.equal(router.dispatch(sampleEvent("payment.failed")), "first");
    assert.equal(router.on("*", () => "third").dispatch(event("comet.sighted")), "third");
  });

  test("rejects a handler that is not a function", () => {
    for (const handler of [undefined, null, "handle", {}]) assert.equal(codeOf(() => new WebhookRouter().on("*", handler)), "invalid_option");
  });
});

test("the README has the guide's handler in ten lines", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const [, code] = readme.match(/^```js\n(const router = new WebhookRouter\(\)\.on\([^\n]*\n {2}\.on.*?)^```$/ms);
  assert.ok(code.trimEnd().split("\n").length <= 10, code);

  const handlers = {
    "payment.succeeded": "handlePaymentSucceeded",
    "payment.failed": "handlePaymentFailed",
    "payment.refunded": "handlePaymentRefunded",
    "transfer.completed": "handleTransferCompleted",
    "transfer.failed": "handleTransferFailed",
    "wallet.balance_updated": "handleBalanceUpdated",
    "user.kyc_verified": "handleKYCVerified",
    "user.kyc_rejected": "handleKYCRejected",
    "fraud.alert_created": "handleFraudAlert",
  };
  const calls = [];
  const scope = { WebhookRouter, console: { log: (...parts) => calls.push(parts) } };
  for (const name of Object.values(handlers)) scope[name] = (data) => calls.push([name, data]);
  const router = new Function(...Object.keys(scope), `${code}\nreturn router;`)(...Object.values(scope));

  for (const [type, name] of Object.entries(handlers)) {
    router.dispatch(sampleEvent(type));
    assert.deepEqual(calls.pop(), [name, sampleEvent(type).data]);
  }
  router.dispatch(sampleEvent("wallet.frozen"));
  assert.deepEqual(calls, [["Unhandled event type:", "wallet.frozen"]]);
});
