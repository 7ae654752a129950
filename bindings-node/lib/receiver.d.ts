import type { ErrorCode, Payload, Secret, SignatureHeader, WebhookVerifier } from "./index.js";
import type { EventHandler, WebhookRouter } from "./router.js";

/** What a {@link WebhookReceiver} logs to: `console`, pino, winston, `fastify.log` and the like. */
export interface WebhookLogger {
  /** An event was handled, or its sender went away. */
  info(text: string): unknown;
  /** A delivery was refused. */
  warn(text: string): unknown;
  /** The receiver is set up wrongly, or a handler has failed. */
  error(text: string): unknown;
}

/** How a delivery ended, for metrics. */
export interface WebhookResult {
  /** `handled` (also when there is no handler for the type), `handler_failed`, or why the delivery was refused. */
  code: "handled" | "handler_failed" | ErrorCode;
  /** The HTTP status of the answer. */
  status: number;
  /** The event's identity; `null` when the delivery was refused. */
  eventId: string | null;
  /** The event's type; `null` when the delivery was refused. */
  eventType: string | null;
  /** Which of the verifier's secrets matched, by its position; `null` when the delivery was refused. */
  matchingSecret: number | null;
  /** From the start of reading the body to the answer, in seconds. The provider waits for 5. */
  durationSeconds: number;
}

/** What a {@link WebhookReceiver} does beside answering. */
export interface WebhookReceiverOptions {
  /**
   * Where to log, one text a record, without the payload, the secret or the signature. Default: refusals and failures go to
   * `console.warn` and `console.error`, and events that were handled nowhere.
   */
  logger?: WebhookLogger | null | undefined;
  /**
   * Is given the result of each delivery that was answered; there is none for a sender that went away in the middle of the body.
   * What it throws is logged and changes no answer.
   */
  onResult?: ((result: WebhookResult) => unknown) | null | undefined;
}

/** What to answer to the provider. */
export interface WebhookAnswer {
  /** 200 when the event was handled, 500 when the handler failed, 400, 413 or 500 when the delivery was refused. */
  status: number;
  /** The headers, their names in lower case. */
  headers: Record<string, string>;
  /** JSON that holds nothing secret. */
  body: string;
}

/**
 * Receives deliveries without a framework: verifies, calls the handler, and says what to answer. The adapters in
 * `@payvost/webhooks/express`, `/fastify`, `/http` and `/fetch` put one behind a URL.
 *
 * @example
 * ```ts
 * const receiver = new WebhookReceiver(process.env.WEBHOOK_SECRET, router, { logger });
 * const { status, headers, body } = await receiver.receive(rawBody, headers["payvost-signature"]);
 * ```
 */
export class WebhookReceiver {
  /**
   * @param verifierOrSecret A verifier, or what one with the default options is made of: a secret, or several while it is
   *   being rotated.
   * @param routerOrHandler A router, or a function that is given every event.
   * @throws {ConfigurationError} `invalid_secret`, `invalid_option`
   */
  constructor(
    verifierOrSecret: WebhookVerifier | Secret | readonly Secret[] | null | undefined,
    routerOrHandler: WebhookRouter | EventHandler,
    options?: WebhookReceiverOptions | null,
  );

  /**
   * Receives one delivery.
   *
   * @param body The raw body. One that somebody has parsed is answered with status 500, and the log says why.
   * @param signature The value of the `Payvost-Signature` header, or what stands in its place when it did not come.
   * @returns What to answer. Never rejected: a handler that fails is an answer too.
   */
  receive(body: Payload | null | undefined, signature: SignatureHeader): Promise<WebhookAnswer>;
}
