// The native half as WebAssembly, compiled beforehand: Cloudflare Workers and edge functions compile nothing while they run.

import module from "./wasm/payvost_webhooks.wasm?module";
import { nativeOf } from "./wasm.js";

export const native = nativeOf(module);
export const { crypto: webcrypto } = globalThis;
