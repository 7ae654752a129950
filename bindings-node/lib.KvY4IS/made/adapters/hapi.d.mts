export { hapiPlugin } from "./hapi.js";
export * from "./hapi.js";
