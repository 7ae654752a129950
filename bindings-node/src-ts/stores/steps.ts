// What a store is made of.

/** An event that was claimed and not handled. It is listed from its first failure until it is handled or forgotten. */
export interface DeadLetter {
  /** The key of its claim, for `receiver.retry(key)`. */
  key: string;
  /** The event's type. */
  eventType: string;
  /**
   * Its handler failed; or the lease is over and its worker did not say what came of it; or its handler committed the transaction of an inbox
   * itself, so that only `receiver.retry(key)` runs it again.
   */
  reason: "failed" | "abandoned" | "parked";
  /** How often it was tried. */
  attempts: number;
  /** The name of the class of the error that the handler failed with, the last time that it did. */
  error: string | null;
  /** For how long it has been so, in seconds. */
  ageSeconds: number;
}

/** A delivery as it came. */
export interface KeptDelivery {
  /** The raw body. */
  payload: Uint8Array;
  /** The signature. */
  signature: string;
}

/** What a step is given. Times are in milliseconds. */
export interface ClaimStep {
  /** The key of the claim. */
  key: string;
  /** SHA-256 of the body: what tells the same event from another one with its id. */
  fingerprint: string;
  /** What the worker has made up for this claim. */
  token: string;
  /** How long the claim is to hold. */
  lease: number;
  /** For how long the event is to be remembered. */
  remember: number;
  /** The event's type, for the list of dead letters. */
  eventType: string;
  /** The body to keep, or null. */
  payload: Uint8Array | null;
  /** The signature to keep, or null. */
  signature: string | null;
  /** A name for a list of the claims that are not done. */
  openKey: string;
  /** Whether somebody asked for this event by its key, so that it is claimed even if it is parked. */
  retry?: boolean | undefined;
}

/**
 * What became of the completion in an inbox: `completed` and committed; `lost`, the claim is another worker's; the handler has `committed` or
 * `rolled_back` itself, or left a transaction that was `aborted`. Unless it is completed, nothing of the transaction is left.
 */
export type Completion = "completed" | "lost" | "committed" | "rolled_back" | "aborted";

/** The time that a step has. */
export interface StepTime {
  /** Is aborted when nobody waits for the step any longer. */
  readonly signal: AbortSignal;
}

/**
 * The steps of a store, for whoever makes one of their own: each atomic, with the store's clock. What each does is defined by
 * {@link MemoryStore}.
 */
export interface ClaimSteps {
  /**
   * Whether these are the steps of an inbox, whose claim shares a transaction with what the handler writes: `claim` begins it, `complete`
   * commits it, `release` undoes it and notes the failure in another one. When its signal is aborted, `claim` undoes what it began.
   */
  readonly inbox?: boolean | undefined;
  /**
   * Claims an event: `["claimed", attempt]`, `["in_progress", milliseconds left]`, `["done", 0]`, `["conflict", 0]` when the fingerprint
   * is another, or `["parked", 0]` unless it is a retry. With the same token again, while the claim holds, the same reply again. Anything
   * else is a failure of the store. An inbox adds the connection that the handler writes through.
   */
  claim(step: ClaimStep, time: StepTime): Promise<[word: string, number: number, connection?: unknown]>;
  /** Makes it hold for another lease from now. Here and below: true, if it is the worker's with this token. */
  extend(step: Pick<ClaimStep, "key" | "token" | "lease" | "openKey">, time: StepTime): Promise<boolean>;
  /** Notes that it is done, and deletes what was kept. */
  complete(step: Pick<ClaimStep, "key" | "token" | "remember" | "openKey">, time: StepTime): Promise<boolean | Completion>;
  /** Notes that it failed, so that it can be claimed again. */
  release(step: Pick<ClaimStep, "key" | "token" | "remember" | "openKey"> & { error: string }, time: StepTime): Promise<boolean>;
  /**
   * Takes over a claim that was handed over: `["claimed", attempt]`; `["in_progress", milliseconds left]` when another worker has taken the same
   * ticket; `["done", 0]`; `["lost", 0]` when a later delivery has claimed the event. `token` begins with `ticket`, the token of the claim.
   */
  take?(step: Pick<ClaimStep, "key" | "token" | "lease" | "remember" | "openKey"> & { ticket: string }, time: StepTime): Promise<[word: string, number: number]>;
  /** Gives up a dead letter: it counts as done, and what was kept is deleted. False when it is none. */
  discard?(step: Pick<ClaimStep, "key" | "remember" | "openKey">, time: StepTime): Promise<boolean>;
  /** What failed, or whose lease is over, oldest first. */
  deadLetters(step: { limit: number; openKey: string }, time: StepTime): Promise<DeadLetter[]>;
  /** What was kept with the claim, or null. */
  delivery(step: { key: string; openKey: string }, time: StepTime): Promise<KeptDelivery | null | undefined>;
}
