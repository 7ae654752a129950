export { explain } from "./explain.js";
export * from "./explain.js";
