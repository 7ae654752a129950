// Drives a program on a store: the core decides which step comes next, what a reply means and when to retry (core/src/claims).

import type { Asked, StoreFault } from "../boundary.js";
import { StoreError, faultOf } from "./faults.js";
import type { Limit } from "./limit.js";

/** The steps to take even after the time limit. */
const ENDS = new Set(["rollback", "close"]);

/**
 * Takes every step of a program, and returns its result.
 *
 * @param take Takes a step on the host's client, passes the result to the program, and returns what is next.
 */
export async function drive(
  program: { failed(...fault: StoreFault): Asked },
  first: Asked,
  take: (step: string, argument: any) => Asked | Promise<Asked>,
  time: Limit,
): Promise<any> {
  const errors: unknown[] = [];
  for (let next = first; ; ) {
    const [step, argument] = next;
    if (step === "done") return argument;
    if (step === "failed") throw argument === undefined ? new StoreError("the store returned an unknown reply") : errors[argument as number];
    try {
      if (time.over && !ENDS.has(step)) throw time.error();
      next = await take(step, argument);
    } catch (error) {
      errors.push(time.over ? time.error() : error);
      next = program.failed(...faultOf(errors.at(-1)));
    }
  }
}

/** Idle programs, for reuse: making one takes longer than running it. */
export class Idle<Program> {
  readonly #create: () => Program;
  readonly #programs: Program[] = [];

  constructor(create: () => Program) {
    this.#create = create;
  }

  take(): Program {
    return this.#programs.pop() ?? this.#create();
  }

  put(program: Program): void {
    if (this.#programs.length < MAX_IDLE) this.#programs.push(program);
  }
}

/** Only a burst of deliveries needs more at the same time. */
const MAX_IDLE = 64;

/** The string that a row or reply begins with, and the first number in it. Some clients return bytes, or strings for everything. */
export function wordAndNumber(values: readonly unknown[]): [word: string | undefined, number: number | undefined] {
  const [first] = values;
  const word = typeof first === "string" || first instanceof Uint8Array ? String(first) : undefined;
  const number = values.find((value) => typeof value === "number" || typeof value === "bigint" || /^-?\d+$/.test(String(value)));
  return [word, number === undefined ? undefined : Number(number)];
}

/** Converts the rows of a client, which may contain bytes. */
export function lettersOf(rows: readonly (readonly any[])[]): any[] {
  return rows.map(([key, eventType, reason, attempts, error, age]) => ({
    key: String(key),
    eventType: String(eventType),
    reason: String(reason),
    attempts: Number(attempts),
    error: String(error ?? "") || null,
    ageSeconds: Number(age) / 1000,
  }));
}
