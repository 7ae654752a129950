"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.StoreTimeoutError = void 0;
exports.limited = limited;
/** A store that did not answer in time. */
class StoreTimeoutError extends Error {
}
exports.StoreTimeoutError = StoreTimeoutError;
Object.defineProperty(StoreTimeoutError.prototype, "name", { value: "StoreTimeoutError", writable: true, configurable: true });
/** The time that a step has. Most steps have no use for a signal, which costs more than the rest of this. */
class Limit {
    over = false;
    #controller;
    get signal() {
        if (this.#controller === undefined) {
            this.#controller = new AbortController();
            if (this.over)
                this.#controller.abort();
        }
        return this.#controller.signal;
    }
    end() {
        this.over = true;
        this.#controller?.abort();
    }
}
/**
 * The result of `work`, which is given its limit and has so many seconds. When they are over, the signal is aborted, and what comes of the
 * work after all goes to `late`.
 */
function limited(seconds, work, late = () => { }) {
    return new Promise((resolve, reject) => {
        const limit = new Limit();
        const timer = setTimeout(() => {
            limit.end();
            reject(new StoreTimeoutError(`the store did not answer within ${seconds} s`));
        }, seconds * 1000);
        const settle = async () => {
            try {
                const result = await work(limit);
                if (limit.over)
                    await late(result);
                else
                    resolve(result);
            }
            catch (error) {
                reject(error); // which does nothing when it is late
            }
            finally {
                clearTimeout(timer);
            }
        };
        void settle();
    });
}
