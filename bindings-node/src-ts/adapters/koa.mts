export { koaMiddleware } from "./koa.js";
export type * from "./koa.js";
