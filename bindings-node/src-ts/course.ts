// Drives one delivery: the core says which step is next, and this takes it with the user's handler and store.

import type { Payload, SignatureHeader } from "./arguments.js";
import type { Arrived, Ending, NativeDelivery, Next } from "./boundary.js";
import type { WebhookEvent } from "./events.js";
import type { Incoming } from "./internal.js";
import { HeldClaim, type WebhookClaim } from "./stores/claim.js";
import type { ClaimRequest, Claims } from "./stores/claims.js";
import { faultOf, kindOf } from "./stores/faults.js";
import { newToken } from "./stores/token.js";
import { build } from "./values.js";

/** The handler at that position of a router, or the only one. */
export type HandlerAt = (route: number) => (event: WebhookEvent, claim?: WebhookClaim) => unknown;

type Step = Extract<Next, string>;

export class Course {
  event: WebhookEvent | null = null;
  matchingSecret: number | null = null;
  /** What the handler has thrown. */
  thrown: unknown;

  readonly #delivery: NativeDelivery;
  readonly #handlerAt: HandlerAt;
  readonly #claims: Claims | undefined;
  #route: number | undefined;
  #request!: ClaimRequest;
  #token!: string;
  #claim: HeldClaim | undefined;

  constructor(delivery: NativeDelivery, handlerAt: HandlerAt, claims: Claims | undefined) {
    this.#delivery = delivery;
    this.#handlerAt = handlerAt;
    this.#claims = claims;
  }

  /** A delivery whose body is here. */
  arrive(body: Payload | null | undefined, signature: SignatureHeader, end?: string): Next {
    return this.#verified(this.#delivery.arrive(body, signature, build, end), body, signature);
  }

  /** A delivery whose body is still to be read. */
  async read(request: Incoming): Promise<Next> {
    const limit = this.#delivery.announce(request.method, request.contentLength, request.transferEncoding);
    const [body, end] = limit === undefined ? [] : await request.read(limit);
    return this.arrive(body, request.signature, end);
  }

  /** A delivery that the store has kept. */
  retry(key: string): Next {
    this.#request = { key } as ClaimRequest;
    return this.#delivery.retry(key);
  }

  /** Takes every step up to the end. Gives how it ended; nothing where nothing is kept under the key of a retry. */
  async run(first: Next | Promise<Next>): Promise<Ending | number | undefined> {
    let next = await first;
    while (typeof next === "string") next = next === "handle" ? await this.#call() : await this.#ask(next);
    return next;
  }

  #verified([next, event, route, secret, key, fingerprint, eventType, isRetry]: Arrived, body: unknown, signature: unknown): Next {
    if (event === undefined) return next;
    this.event = event;
    this.#route = route;
    this.matchingSecret = secret as number;
    if (key !== undefined) {
      // A copy, since the caller may use the memory again while the store is asked.
      const kept = this.#claims?.keepDeliveries ? { payload: copyOf(body as Payload), signature: signature as string } : { payload: null, signature: null };
      this.#request = { key, fingerprint: fingerprint as string, eventType: eventType as string, retry: isRetry as boolean, ...kept };
    }
    return next;
  }

  async #call(): Promise<Next> {
    try {
      const handler = this.#handlerAt(this.#route as number);
      await (this.#claim === undefined ? handler(this.event as WebhookEvent) : handler(this.event as WebhookEvent, this.#claim));
    } catch (error) {
      this.thrown = error;
      return this.#delivery.handled("failed", kindOf(error));
    }
    return this.#delivery.handled(this.#claim?.handedOver ? "handed_over" : undefined);
  }

  async #ask(step: Exclude<Step, "handle">): Promise<Next> {
    const claims = this.#claims as Claims;
    try {
      switch (step) {
        case "load":
          return await this.#load(claims);
        case "claim":
          return await this.#claimed(claims);
        case "complete":
          return this.#delivery.completed(await claims.complete(this.#request.key, this.#token));
        case "release":
          return this.#delivery.released(await claims.release(this.#request.key, this.#token, this.#delivery.handlerError()));
      }
    } catch (error) {
      return this.#delivery.failed(...faultOf(error));
    }
  }

  async #load(claims: Claims): Promise<Next> {
    const kept = await claims.delivery(this.#request.key);
    return this.#verified(this.#delivery.loaded(kept != null, kept?.payload, kept?.signature, build), kept?.payload, kept?.signature);
  }

  async #claimed(claims: Claims): Promise<Next> {
    this.#token = newToken();
    const reply: unknown = await claims.claim(this.#request, this.#token);
    const [word, number, connection] = Array.isArray(reply) ? (reply as unknown[]) : [];
    const next = this.#delivery.claimed(word, number);
    if (next === "handle") this.#claim = new HeldClaim(claims, this.#request.key, this.#token, this.#delivery.attempt(), connection);
    return next;
  }
}

function copyOf(body: Payload): Uint8Array {
  return typeof body === "string" ? Buffer.from(body) : Buffer.from(ArrayBuffer.isView(body) ? body : new Uint8Array(body));
}
