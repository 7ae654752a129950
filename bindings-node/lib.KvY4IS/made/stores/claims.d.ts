import type { ClaimRequest } from "../boundary.js";
import type { Transact } from "./drivers/driver.js";
import type { ClaimSteps, DeadLetter, KeptDelivery } from "./steps.js";
export declare class Claims {
    readonly prefix: string;
    readonly keepDeliveries: boolean;
    readonly isInbox: boolean;
    /** The steps themselves. */
    readonly steps: ClaimSteps;
    /** @param completionSeconds How long a completion may take, if that differs from the other steps. */
    constructor(steps: ClaimSteps, [lease, remember, openKey, prefix]: ReturnType<typeof policyOf>, keepDeliveries: boolean, seconds: number, completionSeconds?: number);
    /** For one delivery, whose transaction the caller opens. */
    joining(transact: Transact): Claims;
    /** A lease that is granted after the time limit is released, so that the next delivery need not wait until it expires. */
    claim([key, fingerprint, eventType, retry, payload, signature]: ClaimRequest, token: string): ReturnType<ClaimSteps["claim"]>;
    extend(key: string, token: string, seconds?: number): Promise<boolean>;
    complete(key: string, token: string): ReturnType<ClaimSteps["complete"]>;
    release(key: string, token: string, kind: string): Promise<boolean>;
    /** Takes a ticket. `token` is that of the worker who takes it. */
    take(key: string, ticket: string, token: string, seconds?: number): Promise<[word: string, number: number]>;
    discard(key: string): Promise<boolean>;
    deadLetters(limit: number): Promise<DeadLetter[]>;
    delivery(key: string): Promise<KeptDelivery | null>;
}
/** The times in milliseconds, the key of the list of open claims, and the prefix. */
export declare function policyOf(leaseSeconds?: unknown, rememberSeconds?: unknown, prefix?: unknown): readonly [lease: number, remember: number, openKey: string, prefix: string];
