import { randomBytes } from "node:crypto";
import { CLAIM_TOKEN_LENGTH } from "../limits.js";

const TOKEN_BYTES = CLAIM_TOKEN_LENGTH / 2;

/** Random bytes in stock: getting many at once costs hardly more than getting a few. */
let random: Buffer = Buffer.alloc(0);

/** A token that cannot be guessed. It needs no clock. */
export function newToken(): string {
  if (random.length === 0) random = randomBytes(256 * TOKEN_BYTES);
  const token = random.toString("hex", 0, TOKEN_BYTES);
  random = random.subarray(TOKEN_BYTES);
  return token;
}
