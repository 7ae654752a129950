import type { Native } from "./boundary.js";
export declare function compile(bytes: Uint8Array): object;
/** Instantiates the module: its functions are those of the native library. A module for browsers lacks those that only servers need. */
export declare function nativeOf(module: object): Native;
