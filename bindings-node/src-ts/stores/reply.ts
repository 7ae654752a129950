import native = require("../native.js");
import { randomBytes } from "node:crypto";
import type { AnswerInstead } from "../boundary.js";

class UnknownReplyError extends Error {}

/** What the core makes of a store's reply to a claim: the attempt, a number; or what to answer. */
export function readReply(reply: unknown): number | AnswerInstead {
  const verdict = Array.isArray(reply) ? native.readClaim(...(reply as unknown[])) : undefined;
  if (verdict === undefined) throw new UnknownReplyError("the store gave a reply that is none");
  return verdict;
}

const TOKEN_BYTES = 16;

/** Random bytes, of which to get many at once costs hardly more than to get a few. */
let random: Buffer = Buffer.alloc(0);

/** Nobody can guess it, and no clock is needed for it. */
export function newToken(): string {
  if (random.length === 0) random = randomBytes(256 * TOKEN_BYTES);
  const token = random.toString("hex", 0, TOKEN_BYTES);
  random = random.subarray(TOKEN_BYTES);
  return token;
}
