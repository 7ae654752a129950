export { fetchHandler } from "./fetch.js";
export * from "./fetch.js";
