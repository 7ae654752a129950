import type { CallOptions, PayvostOptions } from "./api.js";
/** Makes a call, which has not begun. */
export type MakeCall = (operation: string, parameters: unknown, path: {
    readonly id?: unknown;
}, options: CallOptions | null | undefined, isList?: boolean) => any;
/** Reads the options of a client, and returns the function that makes its calls. It alone refers to the native half, which holds the key. */
export declare function makerOf(given: PayvostOptions): MakeCall;
