// The functions of the native half, as src/module.rs exports them.

import type { WebhookEvent } from "./events.js";

/** What the core refuses: the class, the code, the message, the hint, and where there is an offset or a pointer, both of them. */
export type Description = readonly [
  name: string,
  code: string,
  message: string,
  hint: string,
  offset?: number | null,
  pointer?: string | null,
];

/** A description, or a number in its place, of which `describeBrief` gives it. */
export type Refusal = number | Description;

/** A refusal with what to answer. */
export type Refused = readonly [description: Description, status: number, body: string];

/** A verified event, and the position of the secret that made its signature. */
export type Received = readonly [event: WebhookEvent, matchingSecret: number];

/** The same, and what to claim. */
export type ReceivedToClaim = readonly [...Received, key: string, fingerprint: string, eventType: string];

/** Makes the event, see values.ts. */
export type Build = (earlier: string[] | undefined, plan: string | undefined, ...strings: string[]) => unknown;

/** What a verifier is made of. */
export interface NativeVerifier {
  verify(payload: unknown, signature: unknown, build: Build): WebhookEvent | Refusal;
  verifySignature(payload: unknown, signature: unknown): Refusal | undefined;
  /** The position is 0 or more, which no refusal is. */
  matchingSecret(payload: unknown, signature: unknown): number | Description;
  checkLength(length: number): Refused | undefined;
  receive(payload: unknown, signature: unknown, build: Build): Received | Refused;
  receiveToClaim(payload: unknown, signature: unknown, build: Build, prefix: string): ReceivedToClaim | Refused;
  receiveKept(payload: unknown, signature: unknown, build: Build, prefix: string): ReceivedToClaim | Refused;
}

/** With a position it registers a handler, without one it looks for that of a type. */
export type Route = (text: unknown, position?: number) => Refusal | undefined;

/** Each step of the store in memory by its name, see src/memory.rs. */
export type MemoryStep = (name: string, values: readonly unknown[]) => any;

/** What to answer with an outcome. */
export type Answer = readonly [status: number, body: string, retryAfterSeconds?: number];

/** What to answer instead of handling an event. */
export type AnswerInstead = readonly [code: string, ...Answer];

export interface Native {
  verifyWebhook(payload: unknown, signature: unknown, secrets: unknown, build: Build): WebhookEvent | Refusal;
  createVerifier(secrets: unknown, ...options: readonly unknown[]): NativeVerifier | Refusal;
  sign(payload: unknown, secret: unknown): string | Refusal;
  describeBrief(number: number): Description;

  createRouter(): Route;
  answer(code: string): Answer;
  sampleEvent(type: string): string | undefined;

  claimPolicy(leaseSeconds?: unknown, rememberSeconds?: unknown, prefix?: unknown): readonly [lease: number, remember: number, openKey: string, prefix: string] | Description;
  readClaim(word?: unknown, number?: unknown): number | AnswerInstead | undefined;
  handlerError(kind: string): string;
  redisScripts(): readonly (readonly [name: string, text: string])[];
  sqlStatements(dialect: string, placeholders: string, table: unknown): readonly (readonly [name: string, text: string, ...parameters: string[]])[] | Description;
  createMemoryClaims(capacity: unknown): MemoryStep | Refusal;

  /** Kept here by values.ts. */
  names?: Name[];
}

/** The name of a member, or in an object of its own one that cannot always be assigned. */
export type Name = string | { readonly inherited: string };
