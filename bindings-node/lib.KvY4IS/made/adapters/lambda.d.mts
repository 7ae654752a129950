export { lambdaHandler } from "./lambda.js";
export * from "./lambda.js";
