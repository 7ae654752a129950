// A sample event, and helpers that check errors.
import assert from "node:assert/strict";
import { WebhookError, sign } from "@payvost/webhooks";

export const SECRET = "whsec_c2FtcGxlIHNlY3JldA";

/** The text of an event, with optional overrides. */
export function eventText(fields = {}) {
  return JSON.stringify({
    id: "evt_1",
    type: "payment.succeeded",
    createdAt: "2025-11-01T10:00:00Z",
    liveMode: true,
    data: { id: "pay_1", amount: "99.99", note: "café €" },
    previousData: null,
    ...fields,
  });
}

export const TEXT = eventText();
export const EVENT = JSON.parse(TEXT);
export const SIGNATURE = sign(TEXT, SECRET);

/** Runs the call, which must throw an error as documented, and returns the error. */
export function refused(call) {
  let error;
  try {
    call();
  } catch (caught) {
    error = caught;
  }
  assert.ok(error, "the call was not rejected");
  assert.ok(error instanceof WebhookError, `${error?.stack ?? String(error)} is not a WebhookError`);
  return error;
}

/** The code of the error that the call throws. */
export const codeOf = (call) => refused(call).code;
