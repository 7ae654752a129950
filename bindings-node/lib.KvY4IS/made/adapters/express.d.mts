export { expressHandler } from "./express.js";
export * from "./express.js";
