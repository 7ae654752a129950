// Which handler an event goes to.
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

  test("returns what the handler returns, a promise too, and throws what it throws", async () => {
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

  test("lets pass what nobody wants", () => {
    assert.equal(new WebhookRouter().on("payment.*", () => "called").dispatch(event("transfer.failed")), undefined);
  });

  test("gives the handler the event itself, and nothing else", () => {
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
  test("refuses what can match nothing", () => {
    const patterns = ["", ".*", "payment.", "payment*", "*.succeeded", "**", " payment.*", "payment.\0", "\ud800", undefined, null, 7, {}, ["*"]];
    for (const pattern of patterns) assert.equal(codeOf(() => new WebhookRouter().on(pattern, () => {})), "invalid_option", String(pattern));
  });

  test("refuses a pattern that has a handler, and keeps that handler", () => {
    const router = new WebhookRouter().on("payment.*", () => "first");
    const error = refused(() => router.on("payment.*", () => "second"));
    assert.deepEqual([error.name, error.code], ["ConfigurationError", "invalid_option"]);
    assert.equal(router.dispatch(sampleEvent("payment.failed")), "first");
    assert.equal(router.on("*", () => "third").dispatch(event("comet.sighted")), "third");
  });

  test("refuses a handler that is no function", () => {
    for (const handler of [undefined, null, "handle", {}]) assert.equal(codeOf(() => new WebhookRouter().on("*", handler)), "invalid_option");
  });
});

test("the guide's handler of events takes ten lines, those of the README", () => {
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
