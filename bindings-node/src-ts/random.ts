// Random bytes and hashes, from the Web Crypto API, which every runtime has.

import { webcrypto } from "./native.js";

/** The maximum of one call of `getRandomValues`. */
const MAX_AT_ONCE = 65_536;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Bytes that nobody can predict. */
export function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let start = 0; start < length; start += MAX_AT_ONCE) webcrypto.getRandomValues(bytes.subarray(start, start + MAX_AT_ONCE));
  return bytes;
}

/** Two lowercase hexadecimal digits per byte. */
export function hexOf(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += HEX[byte] as string;
  return hex;
}

/** By this hash, Redis knows a script. */
export async function sha1(text: string): Promise<string> {
  return hexOf(new Uint8Array(await webcrypto.subtle.digest("SHA-1", new TextEncoder().encode(text))));
}
