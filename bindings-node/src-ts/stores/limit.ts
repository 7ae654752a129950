import type { StepTime } from "./steps.js";

/** A store that did not answer in time. */
export class StoreTimeoutError extends Error {}
Object.defineProperty(StoreTimeoutError.prototype, "name", { value: "StoreTimeoutError", writable: true, configurable: true });

/** The time that a step has. Most steps have no use for a signal, which costs more than the rest of this. */
class Limit implements StepTime {
  over = false;
  #controller: AbortController | undefined;

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.over) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  end(): void {
    this.over = true;
    this.#controller?.abort();
  }
}

/**
 * The result of `work`, which is given its limit and has so many seconds. When they are over, the signal is aborted, and what comes of the
 * work after all goes to `late`.
 */
export function limited<Result>(
  seconds: number,
  work: (time: StepTime) => Promise<Result>,
  late: (result: Result) => unknown = () => {},
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const limit = new Limit();
    const timer = setTimeout(() => {
      limit.end();
      reject(new StoreTimeoutError(`the store did not answer within ${seconds} s`));
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
