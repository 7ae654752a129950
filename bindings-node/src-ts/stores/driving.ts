// Drives a program on a store: the core says which step comes next, what a reply means and when to try again (core/src/claims).

import type { Asked, StoreFault } from "../boundary.js";
import { StoreError, faultOf } from "./faults.js";
import type { Limit } from "./limit.js";

/** What still makes sense when nobody waits any longer. */
const ENDS = new Set(["rollback", "close"]);

/**
 * Takes every step of a program, up to its result.
 *
 * @param take Takes a step on the user's client, tells the program what came of it, and gives what is next.
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
    if (step === "failed") throw argument === undefined ? new StoreError("the store gave a reply that makes no sense") : errors[argument as number];
    try {
      if (time.over && !ENDS.has(step)) throw time.error();
      next = await take(step, argument);
    } catch (error) {
      errors.push(time.over ? time.error() : error);
      next = program.failed(...faultOf(errors.at(-1)));
    }
  }
}

/** Programs that are at nothing, since it takes longer to make one than to run it. */
export class Idle<Program> {
  readonly #create: () => Program;
  readonly #programs: Program[] = [];

  constructor(create: () => Program) {
    this.#create = create;
  }

  take(): Program {
    return this.#programs.pop() ?? this.#create();
  }

  giveBack(program: Program): void {
    if (this.#programs.length < MAX_IDLE) this.#programs.push(program);
  }
}

/** More are in use at the same time only in a rush. */
const MAX_IDLE = 64;

/** The text that a row or a reply begins with, and the first number in it. Some clients give bytes, or make text of everything. */
export function wordAndNumber(values: readonly unknown[]): [word: string | undefined, number: number | undefined] {
  const [first] = values;
  const word = typeof first === "string" || first instanceof Uint8Array ? String(first) : undefined;
  const number = values.find((value) => typeof value === "number" || typeof value === "bigint" || /^-?\d+$/.test(String(value)));
  return [word, number === undefined ? undefined : Number(number)];
}

/** From what a client gives, which may be bytes. */
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
