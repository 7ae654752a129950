// Describes an error from a store's client. The core decides what it means (core/src/claims/fault.rs).

import type { StoreFault } from "../boundary.js";

// The core knows these classes by their names, which a bundler may change.

/** The store returned an unknown reply. */
export class StoreError extends Error {
  static override readonly name: string = "StoreError";
}

/** The store did not reply in time. */
export class StoreTimeoutError extends StoreError {
  static override readonly name: string = "StoreTimeoutError";
}

/** The store has no room for another claim. */
export class StoreFullError extends StoreError {
  static override readonly name: string = "StoreFullError";
}

for (const kind of [StoreError, StoreTimeoutError, StoreFullError]) {
  Object.defineProperty(kind.prototype, "name", { value: kind.name, writable: true, configurable: true });
}

/** Errors while connecting, before the store can have changed anything. */
const whileConnecting = new WeakSet<object>();

export function metWhileConnecting(error: unknown): void {
  if (typeof error === "object" && error !== null) whileConnecting.add(error);
}

/** The class name of an error. Never its message, which may contain sensitive data. */
export function kindOf(error: unknown): string {
  try {
    const name: unknown = error instanceof Error ? error.constructor.name || error.name : typeof error;
    return typeof name === "string" ? name : "Error";
  } catch {
    return "Error"; // a getter or a proxy threw
  }
}

/** The class of an error, its codes with the most specific one first, and its message, which is not stored. */
export function faultOf(error: any): StoreFault {
  try {
    const classes = classesOf(error);
    const message = String(error?.message ?? "");
    // A Redis error begins with a word in capitals. The message of another error might begin with a value.
    const [word] = classes.includes("ReplyError") || classes.includes("ErrorReply") ? (/^[A-Z]{2,}(?= |$)/.exec(message) ?? []) : [];
    const codes = [...codesOf(error), ...codesOf(error?.cause), word, ...classes].filter((code) => code !== undefined);
    return [kindOf(error), codes, message, whileConnecting.has(error as object)];
  } catch {
    return [kindOf(error), [], ""];
  }
}

/** The codes from the clients and Node.js: SQLSTATE, names and numbers of errors. Negative numbers come from the operating system. */
function codesOf(error: any): string[] {
  const codes: unknown[] = [error?.code, error?.errno > 0 ? String(error.errno) : undefined, error?.sqlState];
  return codes.filter((code) => typeof code === "string");
}

function classesOf(error: unknown): string[] {
  const classes: string[] = [];
  for (let kind: any = Object.getPrototypeOf(Object(error)); kind !== null && kind !== Object.prototype; kind = Object.getPrototypeOf(kind)) {
    if (typeof kind.constructor?.name === "string") classes.push(kind.constructor.name as string);
  }
  return classes;
}
