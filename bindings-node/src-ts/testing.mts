export { sampleEvent, signedRequest, startSandbox } from "./testing.js";
export type * from "./testing.js";
