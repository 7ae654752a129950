import { StoreTimeoutError } from "./faults.js";
import type { StepTime } from "./steps.js";
/** The time limit of a step. The signal is made on demand: few steps need it, and it costs more than the rest. */
export declare class Limit implements StepTime {
    /** How long the step may be retried. */
    readonly seconds: number;
    over: boolean;
    /** Called when the time is over. */
    whenOver: (() => void) | undefined;
    constructor(seconds: number);
    get signal(): AbortSignal;
    error(): StoreTimeoutError;
    end(): void;
}
/**
 * Returns the result of `work`, which receives its limit. When the time is over, the signal is aborted, and a result that still arrives goes to
 * `late`.
 */
export declare function limited<Result>(seconds: number, work: (time: Limit) => Promise<Result>, late?: (result: Result) => unknown): Promise<Result>;
