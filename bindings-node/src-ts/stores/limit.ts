import { StoreTimeoutError } from "./faults.js";
import type { StepTime } from "./steps.js";

/** The time that a step has. Most steps have no use for a signal, which costs more than the rest of this. */
export class Limit implements StepTime {
  /** For how long it may be tried again. */
  readonly seconds: number;
  over = false;
  /** What is to be done when the time is over. */
  whenOver: (() => void) | undefined;
  #controller: AbortController | undefined;

  constructor(seconds: number) {
    this.seconds = seconds;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.over) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  error(): StoreTimeoutError {
    return new StoreTimeoutError(`the store did not answer within ${this.seconds} s`);
  }

  end(): void {
    this.over = true;
    this.#controller?.abort();
    this.whenOver?.();
  }
}

/**
 * The result of `work`, which is given its limit and has so many seconds. When they are over, the signal is aborted, and what comes of the
 * work after all goes to `late`.
 */
export function limited<Result>(
  seconds: number,
  work: (time: Limit) => Promise<Result>,
  late: (result: Result) => unknown = () => {},
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const limit = new Limit(seconds);
    const timer = setTimeout(() => {
      reject(limit.error());
      limit.end();
    }, seconds * 1000);
    const settle = async () => {
      try {
        const result = await work(limit);
        if (limit.over) await late(result);
        else resolve(result);
      } catch (error) {
        reject(error); // which does nothing when it is late
      } finally {
        clearTimeout(timer);
      }
    };
    void settle();
  });
}
