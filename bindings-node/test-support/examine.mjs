// Checks every receiver of the pages over HTTP.
import assert from "node:assert/strict";
import { sampleEvent, signedRequest } from "@payvost/webhooks/testing";
import { RECEIVED, deliver, refusal, refusalOf } from "./http.mjs";
import { SECRET } from "./sample.mjs";
import { TYPES } from "./types.mjs";

/** The output of the handlers of the pages. */
function printedFor({ id, type, data }) {
  if (type === "payment.succeeded") return `paid: ${data.amount} ${data.currency}`;
  return type.startsWith("wallet.") ? `wallet: ${type} ${data.id}` : `unhandled: ${type} ${id}`;
}

const { body: BODY, headers: HEADERS } = signedRequest(sampleEvent("user.created"), SECRET);
export const SIGNATURE = HEADERS["Payvost-Signature"];
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
  "with a signed body that is not JSON": [400, "invalid_json", ...signed("{")],
  "with a signed body that begins with a byte order mark": [400, "invalid_json", ...signed(`\ufeff${BODY}`)],
  "with a signed body that is not an event": [400, "invalid_event", ...signed("{}")],
  "with a body over the limit": [413, "payload_too_large", ...signed(`${BODY}${" ".repeat(2 ** 20)}`)],
};

/** Delivers the documented events and invalid deliveries, and reads the output of the handlers. */
export async function examine(url, nextLine) {
  for (const type of TYPES) {
    const event = sampleEvent(type);
    const { body, headers } = signedRequest(event, SECRET);
    assert.deepEqual(await deliver(url, body, headers), RECEIVED, type);
    assert.equal(await nextLine(), printedFor(event));
  }
  const unknown = sampleEvent("user.created", { type: "comet.sighted", data: { name: "Halley ☄" } });
  const { body, headers } = signedRequest(unknown, SECRET);
  assert.deepEqual(await deliver(url, body, headers), RECEIVED, "an event of an unknown type");
  assert.equal(await nextLine(), printedFor(unknown));

  for (const [name, [status, code, body, headers]] of Object.entries(REFUSED)) {
    assert.deepEqual(refusalOf(await deliver(url, body, headers)), refusal(status, code), name);
  }
  const chunked = { ...REFUSED["with a body over the limit"][3], "Transfer-Encoding": "chunked", "Content-Length": [] };
  const tooLarge = await deliver(url, REFUSED["with a body over the limit"][2], chunked);
  assert.deepEqual(refusalOf(tooLarge), refusal(413, "payload_too_large"), "without Content-Length");

  // If a handler had been called for an invalid delivery, its line would come before this one.
  for (const name of ["payvost-signature", "PAYVOST-SIGNATURE", "pAyVoSt-SiGnAtUrE"]) {
    const event = sampleEvent("wallet.frozen", { data: { id: name } });
    const request = signedRequest(event, SECRET);
    const type = name === "payvost-signature" ? {} : { "Content-Type": "text/plain; charset=latin1" };
    assert.deepEqual(await deliver(url, request.body, { [name]: request.headers["Payvost-Signature"], ...type }), RECEIVED, name);
    assert.equal(await nextLine(), printedFor(event));
  }
}
