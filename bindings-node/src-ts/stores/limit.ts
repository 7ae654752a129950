import { StoreTimeoutError } from "./faults.js";
import type { StepTime } from "./steps.js";

/** The time limit of a step. The signal is made on demand: few steps need it, and it costs more than the rest. */
export class Limit implements StepTime {
  /** How long the step may be retried. */
  readonly seconds: number;
  over = false;
  /** Called when the time is over. */
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
    return new StoreTimeoutError(`the store did not reply within ${this.seconds} s`);
  }

  end(): void {
    this.over = true;
    this.#controller?.abort();
    this.whenOver?.();
  }
}

/**
 * Returns the result of `work`, which receives its limit. When the time is over, the signal is aborted, and a result that still arrives goes to
 * `late`.
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
        reject(error); // does nothing after the time limit
      } finally {
        clearTimeout(timer);
      }
    };
    void settle();
  });
}
