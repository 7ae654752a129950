/**
 * The raw body of a request: the bytes as they arrived, or a string that stands for its UTF-8 bytes. A `Buffer` is a `Uint8Array`.
 *
 * A parsed body is rejected with `payload_not_raw`: the signed bytes cannot be recovered from it.
 */
export type Payload = string | Uint8Array | ArrayBuffer;
/** A webhook secret, exactly as shown when the webhook was created, including a `whsec_` prefix. */
export type Secret = string | Uint8Array;
/**
 * The value of the `Payvost-Signature` header, as Node.js returns it. Any header value is accepted here, but only 64 lowercase hexadecimal
 * digits can verify.
 */
export type SignatureHeader = string | readonly string[] | null | undefined;
/** Options of a {@link WebhookVerifier}. `null` and `undefined` mean the default. */
export interface WebhookVerifierOptions {
    /**
     * Rejects events whose `createdAt` is further than this from now, in the past or the future. In seconds, from 0 to 3 153 600 000 (100
     * years). Default: not checked.
     *
     * Retries keep `createdAt` for up to 96 min 5 s after the first attempt, so a value below 5765 rejects genuine deliveries. To stop replays,
     * remember the event's `id`.
     */
    toleranceSeconds?: number | null | undefined;
    /** Rejects events with the other `liveMode`. Default: both are accepted. */
    expectLiveMode?: boolean | null | undefined;
    /** Rejects longer payloads before they are hashed or copied. In bytes, from 1 to 268 435 455. Default: 1 048 576. */
    maxPayloadBytes?: number | null | undefined;
    /** For tests: returns the time for `toleranceSeconds`, in milliseconds since 1970, as `Date.now` does. Default: the system's clock. */
    clock?: (() => number) | null | undefined;
}
/**
 * The secrets in a form that the native half can read without running code of the caller: a string, or an array made here. `undefined`
 * stands for secrets that cannot be read.
 */
export declare function readSecrets(secrets: unknown): unknown;
/** The values of the options and whether they could be read, for the native half, and the name of an option that does not exist. */
export declare function readOptions(options: unknown): {
    values: unknown[];
    unknown?: PropertyKey | undefined;
};
/** The option `clock`, of a verifier or a store. */
export declare function readClock(clock: unknown): (() => number) | undefined;
