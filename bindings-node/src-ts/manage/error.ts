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
export class ApiError extends WebhookError<ApiErrorCode> {
  /** The HTTP status of the last response. `null` if there was none. */
  declare readonly status: number | null;
  /** The parameter that Payvost rejected. */
  declare readonly field: string | null;
  /** Payvost's id of the request, for its support. */
  declare readonly requestId: string | null;
  /** How many seconds to wait before the next call, if Payvost said so. */
  declare readonly retryAfter: number | null;
  /** How many requests were sent, including those that got no response. */
  declare readonly attempts: number;
  /** For `outcome_unknown`: the code of what happened. */
  declare readonly cause: ApiErrorCode | undefined;

  constructor(message: string, { code, hint, status = null, field = null, requestId = null, retryAfter = null, attempts = 0, cause }: ApiErrorDetails) {
    super(message, { code, hint });
    this.status = status;
    this.field = field;
    this.requestId = requestId;
    this.retryAfter = retryAfter;
    this.attempts = attempts;
    if (cause != null) Object.defineProperty(this, "cause", { __proto__: null, value: cause, writable: true, configurable: true } as PropertyDescriptor);
  }
}

Object.defineProperty(ApiError.prototype, "name", { value: "ApiError", writable: true, configurable: true });

// As for `WebhookError`: so that what an exception is given is its own.
for (const name of ["status", "field", "requestId", "retryAfter", "attempts"]) {
  Object.defineProperty(ApiError.prototype, name, { value: undefined, writable: true, configurable: true });
}
