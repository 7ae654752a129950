import { CLAIM_TOKEN_LENGTH } from "../limits.js";
import { hexOf, randomBytes } from "../random.js";

const TOKEN_BYTES = CLAIM_TOKEN_LENGTH / 2;

/** Random bytes in stock: getting many at once costs hardly more than getting a few. */
let random: Uint8Array = new Uint8Array(0);

/** A token that cannot be guessed. It needs no clock. */
export function newToken(): string {
  if (random.length === 0) random = randomBytes(256 * TOKEN_BYTES);
  const token = hexOf(random.subarray(0, TOKEN_BYTES));
  random = random.subarray(TOKEN_BYTES);
  return token;
}
