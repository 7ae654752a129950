import { WebhookError } from "../errors.js";
import type { ApiErrorCode } from "./types.js";
/** The properties of an {@link ApiError} besides its message. */
export interface ApiErrorDetails {
    /** The provider's code, or one of the client. */
    code: ApiErrorCode;
    /** What usually causes this and what to do about it. */
    hint: string;
    /** The HTTP status of the last response. `null` if there was none. */
    status?: number | null;
    /** The parameter that Payvost rejected. */
    field?: string | null;
    /** Payvost's id of the request. */
    requestId?: string | null;
    /** How many seconds to wait before the next call. */
    retryAfter?: number | null;
    /** How many requests were sent. */
    attempts?: number;
    /** For `outcome_unknown`: the code of what happened. */
    cause?: ApiErrorCode | null;
}
/**
 * A call of the management API failed: Payvost rejected it, or there was no usable response. No property holds the API key or a body.
 */
export declare class ApiError extends WebhookError<ApiErrorCode> {
    /** The HTTP status of the last response. `null` if there was none. */
    readonly status: number | null;
    /** The parameter that Payvost rejected. */
    readonly field: string | null;
    /** Payvost's id of the request, for its support. */
    readonly requestId: string | null;
    /** How many seconds to wait before the next call, if Payvost said so. */
    readonly retryAfter: number | null;
    /** How many requests were sent, including those that got no response. */
    readonly attempts: number;
    /** For `outcome_unknown`: the code of what happened. */
    readonly cause: ApiErrorCode | undefined;
    constructor(message: string, { code, hint, status, field, requestId, retryAfter, attempts, cause }: ApiErrorDetails);
}
