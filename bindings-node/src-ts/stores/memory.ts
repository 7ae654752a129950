import { native } from "../native.js";
import { readClock } from "../arguments.js";
import type { MemoryStep } from "../boundary.js";
import { ofServers, refusal } from "../errors.js";
import { StoreFullError } from "./faults.js";
import type { ClaimSteps } from "./steps.js";
import { WebhookStore, type WebhookStoreOptions } from "./store.js";

/**
 * Claims in the memory of one thread, for tests and small programs: other threads and processes do not see them, and a restart deletes them.
 *
 * The memory is bounded: when it is full, the event that would be forgotten first makes room.
 */
export class MemoryStore extends WebhookStore {
  readonly #step: MemoryStep;

  /** @throws {ConfigurationError} `invalid_option` */
  constructor(
    options?:
      | (WebhookStoreOptions & {
          /** The maximum number of remembered events, from 1 to 100 000 000. Default: 100 000. */
          capacity?: number | null | undefined;
          /** For tests: returns the time, in milliseconds, as `Date.now` does. Default: a clock that is never set. */
          clock?: (() => number) | null | undefined;
        })
      | null,
  ) {
    const { capacity, clock, ...common } = options ?? {};
    const claims = ofServers(native.createMemoryClaims)(capacity);
    if (typeof claims !== "function") throw refusal(claims);
    const time = readClock(clock);
    const step: MemoryStep = time === undefined ? claims : (name, values) => claims(name, values, time());
    super(stepsOf(step), common);
    this.#step = step;
  }

  /** The number of remembered events. */
  get size(): number {
    return this.#step("size", []);
  }
}

/** The steps of the store, which the native half takes. */
function stepsOf(step: MemoryStep): ClaimSteps {
  return {
    async claim({ key, fingerprint, token, lease, remember, eventType, payload, signature }) {
      const reply = step("claim", [key, fingerprint, token, lease, remember, eventType, payload, signature]);
      if (reply === undefined) throw new StoreFullError("the store is full: raise its capacity");
      return reply;
    },
    extend: async ({ key, token, lease }) => step("extend", [key, token, lease]),
    complete: async ({ key, token, remember }) => step("complete", [key, token, remember]),
    release: async ({ key, token, remember, error }) => step("release", [key, token, remember, error]),
    take: async ({ key, ticket, token, lease, remember }) => step("take", [key, ticket, token, lease, remember]),
    discard: async ({ key, remember }) => step("discard", [key, remember]),
    async deadLetters({ limit }) {
      const letters: any[][] = step("deadLetters", [limit]);
      return letters.map(([key, eventType, reason, attempts, error, age]): any => {
        return { key, eventType, reason, attempts, error, ageSeconds: age / 1000 };
      });
    },
    async delivery({ key }) {
      const stored = step("delivery", [key]);
      return stored && { payload: stored[0], signature: stored[1] };
    },
  };
}
