// The native half as WebAssembly with everything in it: in Bun and Deno, and in Node.js where no native library fits.

import { webcrypto } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { compile, nativeOf } from "./wasm.js";
import { compressed } from "./wasm/server.js";

export const native = nativeOf(compile(gunzipSync(Buffer.from(compressed, "base64"))));
export { webcrypto };
