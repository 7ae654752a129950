export { currentRequest } from "./request.js";
export * from "./request.js";
