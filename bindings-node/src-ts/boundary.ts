// The functions of the native half.

import type { WebhookEvent } from "./events.js";

/** An error of the core: the class, the code, the message and the hint; if there is an offset or a pointer, both of them. */
export type Description = readonly [
  name: string,
  code: string,
  message: string,
  hint: string,
  offset?: number | null,
  pointer?: string | null,
];

/** A description, or a number for which `describeBrief` returns it. */
export type Refusal = number | Description;

/** Builds the event, see values.ts. */
export type Build = (more: any, plan: string | undefined, ...strings: string[]) => unknown;

/** Verifies with the secrets and options of one verifier. */
export interface Verify {
  (payload: unknown, signature: unknown, build: Build): WebhookEvent | Refusal;
  /** Verifies only the signature. A position is 0 or more, unlike the number of a refusal. */
  (payload: unknown, signature: unknown): number | Description;
  /** Sets the clock, in milliseconds since 1970. */
  (now: number, _: undefined, setsClock: false): undefined;
}

/** Takes one delivery at a time, see src/receiver.rs. */
export interface NativeDelivery {
  announce(method?: string | null, contentLength?: string | null, transferEncoding?: string | null): number | undefined;
  arrive(payload: unknown, signature: unknown, build: Build, end?: string): Arrived;
  retry(key: string): Arrived;
  loaded(isStored: boolean, payload: unknown, signature: unknown, build: Build): Arrived;
  claimed(word?: unknown, number?: unknown): Next;
  handled(end?: "handed_over" | "failed" | "timed_out" | "abandoned", kind?: string): Next;
  completed(reply: unknown): Next;
  handlerError(): string;
  released(isHeld: boolean): Next;
  failed(...fault: StoreFault): Next;
}

/** The step to take: `load`, `claim`, `handle`, `complete` or `release`; or how the delivery ended; or `undefined` if there is no response. */
export type Next = Ending | undefined;

/** The ending as JSON, or the number of a usual one: see src/outcome.rs. */
export type Ending = string | number;

/** The next step; for a genuine delivery also the event, the position of the secret that matched, and what to claim. */
export type Arrived = readonly [next: Next, event?: WebhookEvent, matchingSecret?: number, request?: ClaimRequest];

/** What to claim. The body and its signature are `null` unless the store keeps them. */
export type ClaimRequest = readonly [
  key: string,
  fingerprint: string,
  eventType: string,
  isRetry: boolean,
  payload: Uint8Array | null,
  signature: string | null,
];

/** An error from a store's client: its class, its codes, and its message, which is not stored. */
export type StoreFault = readonly [name: string, codes: readonly string[], message: string, isConnecting?: boolean];

/** A step of a program and its argument; or the end, `done` with a result or `failed` with the number of the failure. */
export type Asked = readonly [step: string, argument?: any];

/** Runs one step of a store in Redis at a time, see src/redis.rs. */
export interface RedisProgram {
  /** The keys are given on a cluster only. */
  start(step: string, seconds: number, key?: string, openKey?: string): Asked;
  replied(word: string | undefined, number: number | undefined): Asked;
  waited(): Asked;
  failed(...fault: StoreFault): Asked;
}

/** Runs one piece of work on a table of claims at a time, see src/sql.rs. */
export interface SqlProgram {
  start(work: string, seconds: number, isRetry?: boolean, batch?: number, mode?: string): Asked;
  then(work: string, seconds: number): Asked;
  opened(dialect: string, autocommits: boolean): Asked;
  did(): Asked;
  ran(rows: number, word: string | undefined, number: number | undefined, changed: number): Asked;
  failed(...fault: StoreFault): Asked;
  keepsConnection(): boolean;
}

/** With a position it registers a handler; without one it finds the handler for a type. */
export type Route = (text: unknown, position?: number) => Refusal | undefined;

/** Takes a step of the memory store by its name, see src/memory.rs. */
export type MemoryStep = (name: string, values: readonly unknown[], now?: number) => any;

/**
 * Makes one call of the management API at a time, see src/manage.rs. Each function that takes the result of a step returns the next one.
 */
export interface NativeCall {
  /** Begins a call. Parameters and options are JSON. */
  begin(operation: string, parameters: string, options: string, random: Uint8Array, now: Clocks): AskedCall | Description;
  responded(status: number, headers: readonly string[], body: Uint8Array, now: Clocks, random: number): AskedCall;
  failed(fault: string, now: Clocks, random: number): AskedCall;
  waited(now: Clocks): AskedCall;
  target(): readonly [method: string, path: string, route: string];
  lastAttempt(): readonly [attempt: number, status: number | null, fault: string | null, milliseconds: number, requestId: string | null];
  facts(): readonly [status: number | null, requestId: string | null, limit: number | null, remaining: number | null, reset: number | null, attempts: number];
  dryRun(): string;
  end(): void;
}

/** Milliseconds by a clock that is never set back, and since 1970. */
export type Clocks = readonly [elapsed: number, now: number];

/** The next step of a call. */
export type AskedCall = AskedRequest | readonly ["wait", milliseconds: number] | readonly ["done", data: string, total: number | null, next: string | null] | FailedCall;

export type AskedRequest = readonly [
  "request",
  method: string,
  url: string,
  headers: readonly string[],
  body: string | null,
  timeLimit: number | null,
  maxBytes: number,
  attempt: number,
];

export type FailedCall = readonly [
  "failed",
  code: string,
  message: string,
  hint: string,
  details: readonly [
    cause: string | null,
    status: number | null,
    field: string | null,
    requestId: string | null,
    retryAfter: number | null,
    attempts: number,
  ],
];

/** What receives deliveries, wherever it runs: src/functions.rs. */
interface Receiving {
  verifyWebhook(payload: unknown, signature: unknown, secrets: unknown, build: Build): WebhookEvent | Refusal;
  createVerifier(secrets: unknown, ...options: readonly unknown[]): Verify | Refusal;
  sign(payload: unknown, secret: unknown): string | Refusal;
  describeBrief(number: number): Description;

  createRouter(): Route;
  /** Without a prefix there is no store. */
  createReceiver(verify: Verify, route?: Route, prefix?: string, isInbox?: boolean, keepsDeliveries?: boolean): () => NativeDelivery;
  usualEnding(number?: number): string;
  releasesLate(word: unknown, number: unknown): string | undefined;
  sampleEvent(type: string): string | undefined;

  claimPolicy(leaseSeconds?: unknown, rememberSeconds?: unknown, prefix?: unknown): readonly [lease: number, remember: number, openKey: string, prefix: string] | Description;
  handlerError(kind: string): string;
}

/** What only servers need: src/servers.rs. */
interface Serving {
  /** The verdict, then code, evidence and fix of each cause; `undefined` if an argument is neither text nor bytes. */
  explain(
    body: unknown,
    headers: readonly unknown[],
    secret: unknown,
    otherSecrets: readonly unknown[],
    otherBodies: readonly unknown[],
  ): readonly [verdict: string, ...causes: string[]] | undefined;

  isMethodOfDeliveries(method: unknown): boolean;
  redisScripts(): readonly (readonly [name: string, text: string, ...parameters: string[]])[];
  createRedisProgram(): RedisProgram;
  sqlStatements(dialect: string, placeholders: string, table: unknown): readonly (readonly [name: string, text: string, ...parameters: string[]])[] | Description;
  sqlDefinition(dialect: unknown, table: unknown): string | Description | undefined;
  createSqlProgram(): SqlProgram;
  createMemoryClaims(capacity: unknown): MemoryStep | Refusal;

  createClient(apiKey: unknown, options: string, host: string): (() => NativeCall) | Description;
  answerHeaders(): readonly string[];
  /** Returns when the old secret can be removed, in milliseconds since 1970. */
  createRotation(began: number): (seen?: number) => number;
}

/** The native half: a native library, or WebAssembly. In browsers and edge runtimes it has no functions of servers. */
export interface Native extends Receiving, Partial<Serving> {
  /** Set by values.ts. */
  names?: string[];
  shapes?: unknown[];
}
