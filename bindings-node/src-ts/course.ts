// Takes the steps of a delivery: the core decides which one is next, the host's handler and store do the work.

import type { Arrived, ClaimRequest, Ending, NativeDelivery, Next } from "./boundary.js";
import type { WebhookEvent } from "./events.js";
import { withinLimit } from "./handler-limit.js";
import { checkedResult, type WebhookRouter } from "./router.js";
import { HeldClaim } from "./stores/claim.js";
import type { Claims } from "./stores/claims.js";
import { faultOf, kindOf } from "./stores/faults.js";
import { newToken } from "./stores/token.js";
import { build } from "./values.js";

export class Course {
  event: WebhookEvent | null = null;
  matchingSecret: number | null = null;
  /** The value that the handler threw. */
  thrown: unknown;

  /** Takes every step. Returns how the delivery ended; `undefined` if nothing is stored under the key of a retry. */
  async take(
    delivery: NativeDelivery,
    first: Arrived | Promise<Arrived>,
    router: WebhookRouter,
    claims?: Claims,
    seconds?: number | null,
  ): Promise<Ending | undefined> {
    let next: Next, request: ClaimRequest | undefined, claim: HeldClaim | undefined;
    const arrived = (result: Arrived): Next => ([next, this.event = null, this.matchingSecret = null, request] = result)[0];
    arrived(await first);
    // The core asks for a step of the store only if the receiver has one and the delivery can be claimed.
    const [store, key, token] = [claims as Claims, request?.[0] as string, claims ? newToken() : ""];
    const steps: Record<string, () => Promise<Next>> = {
      load: async () => {
        const stored = await store.delivery(key);
        return arrived(delivery.loaded(stored !== null, stored?.payload, stored?.signature, build));
      },
      claim: async () => {
        const [word, number, connection] = await store.claim(request as ClaimRequest, token);
        claim = new HeldClaim(store, key, token, number, connection);
        return delivery.claimed(word, number);
      },
      handle: async () => {
        const call = async (signal?: AbortSignal) => checkedResult(await router.dispatch(this.event as WebhookEvent, claim, signal));
        if (seconds == null) await call();
        else {
          const ended = await withinLimit(seconds, call);
          if (ended.end !== undefined) this.thrown = ended.error;
          if (ended.end === "abandoned") void settleLater(ended.running, claim, store, key, token);
          if (ended.end !== undefined) return delivery.handled(ended.end);
        }
        return delivery.handled(claim?.handedOver ? "handed_over" : undefined);
      },
      complete: async () => delivery.completed(await store.complete(key, token)),
      release: async () => delivery.released(await store.release(key, token, delivery.handlerError())),
    };
    for (let step; (step = steps[next as string]); ) {
      try {
        next = await step();
      } catch (error) {
        if (next !== "handle") next = delivery.failed(...faultOf(error));
        else next = delivery.handled("failed", kindOf((this.thrown = error)));
      }
    }
    return next;
  }
}

/** Ends the claim of a handler that did not stop at its time limit, when it ends. It may still do its work: then the next delivery finds it done. */
async function settleLater(running: Promise<unknown>, claim: HeldClaim | undefined, store: Claims, key: string, token: string): Promise<void> {
  try {
    await running;
    if (claim !== undefined && !claim.handedOver) await store.complete(key, token);
  } catch (error) {
    if (claim !== undefined) await store.release(key, token, kindOf(error)).catch(() => {});
  }
}
