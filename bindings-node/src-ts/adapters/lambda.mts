export { lambdaHandler } from "./lambda.js";
export type * from "./lambda.js";
