export { hapiPlugin } from "./hapi.js";
export type * from "./hapi.js";
