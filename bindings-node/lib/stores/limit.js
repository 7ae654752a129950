"use strict";

/** A store that did not answer in time. */
class StoreTimeoutError extends Error {}
Object.defineProperty(StoreTimeoutError.prototype, "name", { value: "StoreTimeoutError", writable: true, configurable: true });

/**
 * The result of `work`, which is given a signal and has so many seconds. When they are over, the signal is aborted, and what comes of the
 * work after all goes to `late`.
 */
async function limited(seconds, work, late = () => {}) {
  const controller = new AbortController();
  let timer;
  const over = new Promise((_, reject) => {
    timer = setTimeout(() => {
      reject(new StoreTimeoutError(`the store did not answer within ${seconds} s`));
      controller.abort();
    }, seconds * 1000);
  });
  try {
    const result = (async () => work(controller.signal))();
    result.then((value) => controller.signal.aborted && late(value)).catch(() => {});
    return await Promise.race([result, over]);
  } finally {
    clearTimeout(timer);
  }
}

module.exports = { limited, StoreTimeoutError };
