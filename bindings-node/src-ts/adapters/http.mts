export { httpListener } from "./http.js";
export type * from "./http.js";
