export { fetchHandler } from "./fetch.js";
export type * from "./fetch.js";
