import { webcrypto } from "node:crypto";
export declare const native: import("./boundary.js").Native;
export { webcrypto };
