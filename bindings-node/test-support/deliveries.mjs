// Deliveries for the tests of the stores, and a receiver that keeps its logs and results.
import { WebhookReceiver } from "@payvost/webhooks";
import { sampleEvent, signedRequest } from "@payvost/webhooks/testing";

export const SECRET = "whsec_stores";

/** A delivery of an event: `[body, signature]`. */
export function deliveryOf(id, overrides = {}) {
  const event = sampleEvent("payment.succeeded", { id, liveMode: true, ...overrides });
  const { body, headers } = signedRequest(event, SECRET);
  return [body, headers["Payvost-Signature"]];
}

/** A receiver with its logs and results. `handler` is called with the event and the claim. */
export function recording(store, handler, verifier = SECRET) {
  const [codes, records] = [[], []];
  const keep = (level) => (text) => records.push([level, text]);
  const logger = { info: keep("info"), warn: keep("warn"), error: keep("error") };
  const receiver = new WebhookReceiver(verifier, handler, { store, logger, onResult: ({ code }) => codes.push(code) });
  return { receiver, codes, records, logged: (level) => records.filter(([at]) => at === level).map(([, text]) => text) };
}

/** A promise and the functions that settle it. */
export function gate() {
  let open;
  const opened = new Promise((resolve) => (open = resolve));
  return { open, opened };
}
