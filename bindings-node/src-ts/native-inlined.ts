// The native half as WebAssembly, with the module in this file: in browsers, and wherever no condition of the package's exports matches.

import { compile, nativeOf } from "./wasm.js";
import { text } from "./wasm/inlined.js";

export const native = nativeOf(compile(Uint8Array.from(atob(text), (character) => character.charCodeAt(0))));
export const { crypto: webcrypto } = globalThis;
