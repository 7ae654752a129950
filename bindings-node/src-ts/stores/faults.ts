// What an error of a store's client says, for the core to tell what it means (core/src/claims/fault.rs).

import type { StoreFault } from "../boundary.js";

/** A store that gave no reply which makes sense. */
export class StoreError extends Error {}

/** A store that did not answer in time. */
export class StoreTimeoutError extends StoreError {}

/** A store that has no room for another claim. */
export class StoreFullError extends StoreError {}

for (const kind of [StoreError, StoreTimeoutError, StoreFullError]) {
  Object.defineProperty(kind.prototype, "name", { value: kind.name, writable: true, configurable: true });
}

/** Errors that were met before anything can have happened at the store. */
const whileConnecting = new WeakSet<object>();

export function metWhileConnecting(error: unknown): void {
  if (typeof error === "object" && error !== null) whileConnecting.add(error);
}

/** The name of an error's class. Never its message, which may hold anything. */
export function kindOf(error: unknown): string {
  try {
    const name: unknown = error instanceof Error ? error.constructor.name || error.name : typeof error;
    return typeof name === "string" ? name : "Error";
  } catch {
    return "Error"; // a getter or a proxy refused
  }
}

/** The class of an error, the codes it carries, the most telling first, and its message, which is not kept. */
export function faultOf(error: any): StoreFault {
  try {
    const classes = classesOf(error);
    const message = String(error?.message ?? "");
    // Redis' own begin with a word in capitals; who else does may quote a value.
    const [word] = classes.includes("ReplyError") || classes.includes("ErrorReply") ? (/^[A-Z]{2,}(?= |$)/.exec(message) ?? []) : [];
    const codes = [...codesOf(error), ...codesOf(error?.cause), word, ...classes].filter((code) => code !== undefined);
    return [kindOf(error), codes, message, whileConnecting.has(error as object)];
  } catch {
    return [kindOf(error), [], ""];
  }
}

/** Where the clients and Node.js keep them: SQLSTATE, the names of errors, numbers. Negative ones are those of the system. */
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
