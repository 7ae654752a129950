// The steps of any store, with their time limit.

import { native } from "../native.js";
import type { ClaimRequest } from "../boundary.js";
import { isDescription, misuse, refusal } from "../errors.js";
import type { Transact } from "./drivers/driver.js";
import { limited } from "./limit.js";
import type { InboxSteps } from "./sql-steps.js";
import type { ClaimSteps, DeadLetter, KeptDelivery, StepTime } from "./steps.js";

/** The longest timer of Node.js. */
const MAX_TIMEOUT_SECONDS = 2_147_483;

export class Claims {
  readonly prefix: string;
  readonly keepDeliveries: boolean;
  readonly isInbox: boolean;
  /** The steps themselves. */
  readonly steps: ClaimSteps;
  readonly #lease: number;
  readonly #remember: number;
  readonly #openKey: string;
  readonly #seconds: number;
  readonly #completionSeconds: number;

  /** @param completionSeconds How long a completion may take, if that differs from the other steps. */
  constructor(steps: ClaimSteps, [lease, remember, openKey, prefix]: ReturnType<typeof policyOf>, keepDeliveries: boolean, seconds: number, completionSeconds = seconds) {
    this.prefix = prefix;
    this.keepDeliveries = keepDeliveries;
    this.isInbox = steps.inbox === true;
    this.steps = steps;
    this.#lease = lease;
    this.#remember = remember;
    this.#openKey = openKey;
    this.#seconds = seconds;
    this.#completionSeconds = completionSeconds;
  }

  /** For one delivery, whose transaction the caller opens. */
  joining(transact: Transact): Claims {
    const { joining } = this.steps as Partial<InboxSteps>;
    if (joining === undefined) throw misuse("store must be a SqlInbox on an ORM", "Only an inbox can join a transaction.");
    // The completion waits for the caller's commit, before which the caller may have more to do.
    return new Claims(joining(transact), [this.#lease, this.#remember, this.#openKey, this.prefix], this.keepDeliveries, this.#seconds, MAX_TIMEOUT_SECONDS);
  }

  /** A lease that is granted after the time limit is released, so that the next delivery need not wait until it expires. */
  claim([key, fingerprint, eventType, retry, payload, signature]: ClaimRequest, token: string): ReturnType<ClaimSteps["claim"]> {
    const [lease, remember, openKey] = [this.#lease, this.#remember, this.#openKey];
    const step = { key, fingerprint, token, lease, remember, eventType, payload, signature, openKey, retry };
    const late = ([word, number]: readonly unknown[]) => {
      const error = this.isInbox ? undefined : native.releasesLate(word, number);
      return error === undefined ? undefined : this.release(key, token, error);
    };
    const claim = async (time: StepTime) => listOf(await this.steps.claim(step, time)) as Awaited<ReturnType<ClaimSteps["claim"]>>;
    return limited(this.#seconds, claim, late);
  }

  async extend(key: string, token: string, seconds?: number): Promise<boolean> {
    const lease = this.#leaseOf(seconds);
    return (await limited(this.#seconds, (time) => this.steps.extend({ key, token, lease, openKey: this.#openKey }, time))) === true;
  }

  complete(key: string, token: string): ReturnType<ClaimSteps["complete"]> {
    const step = { key, token, remember: this.#remember, openKey: this.#openKey };
    return limited(this.#completionSeconds, (time) => this.steps.complete(step, time));
  }

  async release(key: string, token: string, kind: string): Promise<boolean> {
    const step = { key, token, remember: this.#remember, error: native.handlerError(kind), openKey: this.#openKey };
    return (await limited(this.#seconds, (time) => this.steps.release(step, time))) === true;
  }

  /** Takes a ticket. `token` is that of the worker who takes it. */
  async take(key: string, ticket: string, token: string, seconds?: number): Promise<[word: string, number: number]> {
    const step = { key, ticket, token, lease: this.#leaseOf(seconds), remember: this.#remember, openKey: this.#openKey };
    const late = ([word, number]: readonly unknown[]) => {
      const error = native.releasesLate(word, number);
      return error === undefined ? undefined : this.release(key, token, error);
    };
    return limited(this.#seconds, async (time) => this.#has("take")(step, time), late);
  }

  async discard(key: string): Promise<boolean> {
    return limited(this.#seconds, async (time) => this.#has("discard")({ key, remember: this.#remember, openKey: this.#openKey }, time));
  }

  deadLetters(limit: number): Promise<DeadLetter[]> {
    return limited(this.#seconds, (time) => this.steps.deadLetters({ limit, openKey: this.#openKey }, time));
  }

  async delivery(key: string): Promise<KeptDelivery | null> {
    return (await limited(this.#seconds, (time) => this.steps.delivery({ key, openKey: this.#openKey }, time))) ?? null;
  }

  #leaseOf(seconds: number | undefined): number {
    return seconds === undefined ? this.#lease : policyOf(seconds)[0];
  }

  /** A step that is optional in a custom store. */
  #has<Name extends "take" | "discard">(name: Name): NonNullable<ClaimSteps[Name]> {
    const step = this.steps[name];
    if (step === undefined) throw misuse(`steps has no function ${name}`, "Add it to the steps that you pass to new WebhookStore(steps).");
    return step.bind(this.steps) as NonNullable<ClaimSteps[Name]>;
  }
}

/** A custom store may reply with anything. The core does not know an empty list as a reply. */
function listOf(reply: unknown): readonly unknown[] {
  return Array.isArray(reply) ? reply : [];
}

/** The times in milliseconds, the key of the list of open claims, and the prefix. */
export function policyOf(leaseSeconds?: unknown, rememberSeconds?: unknown, prefix?: unknown) {
  const policy = native.claimPolicy(leaseSeconds, rememberSeconds, prefix);
  if (isDescription(policy)) throw refusal(policy);
  return policy;
}
