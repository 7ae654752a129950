// An event to try things with, and how to tell that something was refused.
import assert from "node:assert/strict";
import { WebhookError, sign } from "@payvost/webhooks";

export const SECRET = "whsec_c2FtcGxlIHNlY3JldA";

/** The text of an event, with other fields when given. */
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

/** Runs the call, which must be refused in the way that the package promises, and returns the error. */
export function refused(call) {
  let error;
  try {
    call();
  } catch (caught) {
    error = caught;
  }
  assert.ok(error, "nothing was refused");
  assert.ok(error instanceof WebhookError, `${error?.stack ?? String(error)} is no WebhookError`);
  return error;
}

/** The code with which the call is refused. */
export const codeOf = (call) => refused(call).code;
