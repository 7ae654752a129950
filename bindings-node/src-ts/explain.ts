/**
 * Why a delivery was refused, for development. A receiver does not call it.
 *
 * @module @payvost/webhooks/explain
 */

import { native } from "./native.js";
import { checkNames, misuse, ofServers } from "./errors.js";

/** A proven cause. */
export interface Cause {
  /** The stable code, such as `body_reserialized`. The page on troubleshooting lists all of them. */
  code: string;
  /** How the cause shows. It holds no part of a body, a secret or a signature. */
  evidence: string;
  /** What to do about it. */
  fix: string;
}

/** What `explain` has found. */
export interface Explanation {
  /** `ok`, or the code of the error that `verify` throws. */
  verdict: string;
  /** The causes, the most telling first: empty if the verdict is `ok`, only `unknown` if nothing is proven. */
  causes: Cause[];
}

/** What to compare with. */
export interface ExplainOptions {
  /** Secrets that may have signed instead: of other endpoints, of the other mode, from before a rotation. */
  otherSecrets?: readonly (string | Uint8Array)[] | undefined;
  /** Bodies to compare with: other deliveries, or what a proxy has recorded. */
  otherBodies?: readonly (string | Uint8Array)[] | undefined;
}

/**
 * Explains why a delivery was refused. It undoes what usually goes wrong, signs the result again, and names a cause only if the signature then
 * matches.
 *
 * @param body The body as it was verified.
 * @param signature The value of the `Payvost-Signature` header, an array if it was sent more than once, or `undefined` if it was absent.
 * @param secret The secret as it is configured.
 * @throws {ConfigurationError} `invalid_option`: an argument is neither a string nor a `Uint8Array`.
 *
 * @example
 * ```ts
 * const { verdict, causes } = explain(body, request.headers["payvost-signature"], secret);
 * console.log(verdict, causes[0]?.code, causes[0]?.fix);
 * ```
 */
export function explain(
  body: string | Uint8Array,
  signature: string | readonly string[] | null | undefined,
  secret: string | Uint8Array,
  options: ExplainOptions = {},
): Explanation {
  checkNames(options, ["otherSecrets", "otherBodies"]);
  const headers = signature === null || signature === undefined ? [] : typeof signature === "string" ? [signature] : [...signature];
  const found = ofServers(native.explain)(body, headers, secret, [...(options.otherSecrets ?? [])], [...(options.otherBodies ?? [])]);
  if (found === undefined) {
    throw misuse("body, signature, secret, otherSecrets and otherBodies must be strings or Uint8Arrays", "Pass the raw bytes of the request.");
  }
  const [verdict, ...texts] = found;
  const causes: Cause[] = [];
  for (let place = 0; place + 2 < texts.length; place += 3) {
    const [code, evidence, fix] = texts.slice(place, place + 3) as [string, string, string];
    causes.push({ code, evidence, fix });
  }
  return { verdict, causes };
}
