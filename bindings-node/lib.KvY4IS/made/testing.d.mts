export { sampleEvent, signedRequest, startSandbox } from "./testing.js";
export * from "./testing.js";
