export { fastifyPlugin } from "./fastify.js";
export type * from "./fastify.js";
