// Takes the steps of a delivery: the core says which one is next, the user's handler and store do the work.

import type { Arrived, ClaimRequest, Ending, NativeDelivery, Next } from "./boundary.js";
import type { WebhookEvent } from "./events.js";
import { HeldClaim, type WebhookClaim } from "./stores/claim.js";
import type { Claims } from "./stores/claims.js";
import { faultOf, kindOf } from "./stores/faults.js";
import { newToken } from "./stores/token.js";
import { build } from "./values.js";

/** The handler at that position of a router, or the only one. */
export type HandlerAt = (route: number) => (event: WebhookEvent, claim?: WebhookClaim) => unknown;

export class Course {
  event: WebhookEvent | null = null;
  matchingSecret: number | null = null;
  /** What the handler threw. */
  thrown: unknown;

  /** Takes every step. Returns how the delivery ended; nothing where nothing is stored under the key of a retry. */
  async take(delivery: NativeDelivery, first: Arrived | Promise<Arrived>, handlerAt: HandlerAt, claims?: Claims): Promise<Ending | undefined> {
    let next: Next, route: number | undefined, request: ClaimRequest | undefined, claim: HeldClaim | undefined;
    const arrived = (result: Arrived) => void ([next, this.event = null, route, this.matchingSecret = null, request] = result);
    arrived(await first);
    // A store's step is asked for only where there is one, and a request for it.
    const [store, key] = [claims as Claims, request?.[0] as string];
    const token = claims ? newToken() : "";
    for (;;) {
      try {
        switch (next) {
          case "load": {
            const stored = await store.delivery(key);
            arrived(delivery.loaded(stored !== null, stored?.payload, stored?.signature, build));
            break;
          }
          case "claim": {
            const reply: unknown = await store.claim(request as ClaimRequest, token);
            const [word, number, connection] = Array.isArray(reply) ? (reply as unknown[]) : [];
            next = delivery.claimed(word, number);
            claim = new HeldClaim(store, key, token, number as number, connection);
            break;
          }
          case "handle": {
            const handler = handlerAt(route as number);
            await (claim ? handler(this.event as WebhookEvent, claim) : handler(this.event as WebhookEvent));
            next = delivery.handled(claim?.handedOver ? "handed_over" : undefined);
            break;
          }
          case "complete":
            next = delivery.completed(await store.complete(key, token));
            break;
          case "release":
            next = delivery.released(await store.release(key, token, delivery.handlerError()));
            break;
          default:
            return next;
        }
      } catch (error) {
        if (next !== "handle") next = delivery.failed(...faultOf(error));
        else next = delivery.handled("failed", kindOf((this.thrown = error)));
      }
    }
  }
}
