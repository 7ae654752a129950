// What a call needs from the machine besides its transport. A test replaces these functions to script the time.

import { randomBytes } from "../random.js";

export const host = {
  /** Milliseconds by a clock that is never set back. */
  elapsed: (): number => performance.now(),

  /** Milliseconds since 1970. */
  now: (): number => Date.now(),

  /** Random bytes that nobody can predict. */
  random: randomBytes,

  /** Calls back at the end of a time limit, in milliseconds. Returns a function that prevents it. */
  limit: after,

  /** Calls back at the end of a pause between two attempts. Returns a function that prevents it. */
  pause: after,
};

function after(milliseconds: number, callback: () => void): () => void {
  const timer = setTimeout(callback, milliseconds);
  return () => clearTimeout(timer);
}
