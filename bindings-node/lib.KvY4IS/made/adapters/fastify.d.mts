export { fastifyPlugin } from "./fastify.js";
export * from "./fastify.js";
