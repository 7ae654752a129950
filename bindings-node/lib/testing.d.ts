/**
 * For the tests of your own handlers: the documented events, and requests with a right signature.
 *
 * @module @payvost/webhooks/testing
 */
import type { Secret } from "./arguments.js";
import type { KnownEventType, WebhookEventMap } from "./events.js";
/** Some of the fields, at any depth, and whatever else an event may get one day. */
export type Overrides<Event> = {
    [Field in Exclude<keyof Event, "type">]?: PartialAtAnyDepth<Event[Field]>;
} & {
    /** Another type, which makes it an event of one that is not documented. */
    type?: string;
    [field: string]: unknown;
};
/** Some of the fields of a value, at any depth. */
export type PartialAtAnyDepth<Value> = Value extends readonly unknown[] ? Value : Value extends object ? {
    [Field in keyof Value]?: PartialAtAnyDepth<Value[Field]>;
} & {
    [field: string]: unknown;
} : Value;
/**
 * A documented event with all of its documented fields.
 *
 * @param type The type, such as `payment.succeeded`.
 * @param overrides What is to differ. Objects are merged at any depth, everything else is replaced.
 * @throws {ConfigurationError} `invalid_option`: the type is not documented.
 *
 * @example
 * ```ts
 * const event = sampleEvent("payment.succeeded", { id: "evt_7", data: { amount: "12.50" } });
 * ```
 */
export declare function sampleEvent<Type extends KnownEventType>(type: Type, overrides?: Overrides<WebhookEventMap[Type]>): WebhookEventMap[Type];
/** A delivery as the provider would make it: what to `POST`. */
export interface SignedRequest<Body extends string | Uint8Array = string> {
    /** What was signed, to be sent as it is. */
    body: Body;
    /** The headers that belong to it. */
    headers: {
        /** The provider sends JSON. */
        "Content-Type": "application/json";
        /** 64 lowercase hexadecimal digits. */
        "Payvost-Signature": string;
    };
}
/**
 * Signs an event as the provider does.
 *
 * @param event The event, or a body as it is, which may be a broken one.
 * @param secret The webhook secret of the receiver under test.
 * @throws {ConfigurationError} `invalid_secret`
 *
 * @example
 * ```ts
 * const { body, headers } = signedRequest(sampleEvent("wallet.frozen"), secret);
 * const response = await fetch(url, { method: "POST", body, headers });
 * ```
 */
export declare function signedRequest<Body extends Uint8Array>(event: Body, secret: Secret): SignedRequest<Body>;
export declare function signedRequest(event: string | object, secret: Secret): SignedRequest;
