import { webcrypto } from "node:crypto";
import type { Native } from "./boundary.js";
export declare const native: Native;
export { webcrypto };
