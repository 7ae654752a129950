// What the stores of this package say to each other and to the receiver.

import type { WebhookClaim } from "./claim.js";
import type { ClaimedSteps, ClaimSteps, StepTime } from "./steps.js";

/** What to claim, of a delivery that was verified. */
export interface ClaimRequest {
  readonly key: string;
  readonly fingerprint: string;
  readonly eventType: string;
  readonly payload: Uint8Array | null;
  readonly signature: string | null;
}

/** Has the event handled, under its claim. */
export type Handle = (claim: WebhookClaim) => unknown;

/** Is told what happened beside the outcome. */
export interface Tell {
  failed(error: unknown): void;
  lost(): void;
  storeFailed(step: string, error: unknown): void;
}

export interface Policy {
  readonly lease: number;
  readonly remember: number;
  readonly openKey: string;
  readonly prefix: string;
}

export interface Inner extends Policy {
  readonly keepDeliveries: boolean;
  readonly steps: ClaimSteps;
  readonly claimed: ClaimedSteps;
  readonly limited: <Result>(work: (time: StepTime) => Promise<Result>, late?: (result: Result) => unknown) => Promise<Result>;
  readonly leaseOf: (seconds: number | undefined) => number;
}
