export { httpListener } from "./http.js";
export * from "./http.js";
