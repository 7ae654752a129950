export { koaMiddleware } from "./koa.js";
export * from "./koa.js";
