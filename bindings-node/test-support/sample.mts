// Compiled by typescript.test.mjs, never run: valid code compiles, and invalid code does not.
import {
  ConfigurationError,
  WebhookError,
  WebhookVerifier,
  sign,
  verifyWebhook,
  type ErrorCode,
  type WebhookEvent,
  type WebhookVerifierOptions,
} from "@payvost/webhooks";

declare const headers: { [name: string]: string | string[] | undefined };
declare const environment: { [name: string]: string | undefined };
declare const body: Uint8Array;

const options: WebhookVerifierOptions = { toleranceSeconds: 7200, expectLiveMode: true };
const verifier = new WebhookVerifier([environment["NEW"] ?? "", new Uint8Array(8)] as const, options);
const event: WebhookEvent = verifier.verify(body, headers["payvost-signature"]);
const nothing: void = verifier.verifySignature("{}", null);

const once = verifyWebhook(body.buffer as ArrayBuffer, headers["payvost-signature"], environment["WEBHOOK_SECRET"]);
const email: string | undefined = once.type === "payment.succeeded" ? once.data.customer?.email : undefined;
const time: number = Date.parse(once.createdAt) + once.id.length + once.type.length;
const before: string | undefined = once.type === "transfer.completed" ? once.previousData?.status : undefined;
const signature: string = sign("{}", "whsec_example");

try {
  new WebhookVerifier("whsec_example", null);
} catch (error) {
  if (error instanceof ConfigurationError) {
    const code: "invalid_secret" | "invalid_option" | "payload_not_raw" | "out_of_memory" = error.code;
    console.log(code);
  } else if (error instanceof WebhookError) {
    const { code, hint, offset, pointer }: { code: ErrorCode; hint: string; offset: number | null; pointer: string | null } = error;
    console.log(code, hint, offset, pointer, error.stack);
  }
}

// @ts-expect-error a parsed body
verifier.verify({ id: "evt_1" }, signature);
// @ts-expect-error a misspelt option
new WebhookVerifier("whsec_example", { tolerance: 5 });
// @ts-expect-error an option of the wrong type
new WebhookVerifier("whsec_example", { maxPayloadBytes: "1024" });
// @ts-expect-error the signature is missing
verifier.verify(body);
// @ts-expect-error a method is not a standalone function
WebhookVerifier("whsec_example");
// @ts-expect-error the list is not for signing
sign("{}", ["whsec_example"]);

export { before, email, event, nothing, time };
