export { currentRequest } from "./request.js";
export type * from "./request.js";
