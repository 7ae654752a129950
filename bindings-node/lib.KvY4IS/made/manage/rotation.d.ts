/**
 * Tells when the old secret of a webhook can be removed after a rotation: when Payvost's retries of deliveries that were signed with it have
 * ended.
 *
 * @example
 * ```ts
 * const { secret: newSecret } = await payvost.webhooks.rotateSecret(id);
 * const rotation = new Rotation();
 * const verifier = new WebhookVerifier([newSecret, oldSecret]);
 * const receiver = new WebhookReceiver(verifier, router, {
 *   onResult: ({ matchingSecret }) => {
 *     if (matchingSecret === 1) rotation.oldSecretSeen();
 *   },
 * });
 * if (rotation.isOver()) removeOldSecret();
 * ```
 */
export declare class Rotation {
    /** @param began When the secret was rotated, or when the old one was last seen. Default: now. */
    constructor(began?: Date | number);
    /** Call this when a verified delivery was signed with the old secret. Default: now. */
    oldSecretSeen(at?: Date | number): void;
    /** Whether the old secret can be removed. */
    isOver(now?: Date | number): boolean;
    /** When the old secret can be removed, unless it is seen again. */
    get overAt(): Date;
}
