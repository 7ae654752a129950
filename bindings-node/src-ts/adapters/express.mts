export { expressHandler } from "./express.js";
export type * from "./express.js";
