export { sampleEvent, signedRequest } from "./testing.js";
export type * from "./testing.js";
