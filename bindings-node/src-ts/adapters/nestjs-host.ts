// What the module for NestJS takes from the program: Nest itself, its server and its logger.

import { createRequire } from "node:module";
import { join } from "node:path";
import type { WebhookLogRecord } from "../log.js";
import { fastifyPlugin } from "./fastify.js";
import { httpListener, type ReceiverFor } from "./http.js";

/** The program's own Nest: this package depends on none. */
export function nest(): { common: any; core: any } {
  return { common: ofProgram("@nestjs/common"), core: ofProgram("@nestjs/core") };
}

/** Where a package manager hides from this package what it does not depend on, the program's folder has it. */
function ofProgram(name: string): any {
  try {
    return createRequire(__filename)(name);
  } catch (error: any) {
    if (error?.code !== "MODULE_NOT_FOUND") throw error;
    return createRequire(join(process.cwd(), "package.json"))(name);
  }
}

/** Adds the route before Nest adds its body parsers, which come when the application is initialized. */
export function addRoute(httpAdapter: any, path: string, receiver: ReceiverFor<any>): void {
  if (httpAdapter === undefined) return; // an application without HTTP
  const server = httpAdapter.getInstance();
  if (httpAdapter.getType() === "fastify") server.register(fastifyPlugin, { prefix: path, receiver });
  else server.all(path, httpListener(receiver));
}

/** Passes records on to a logger of Nest. */
export function logWith(logger: any): (record: WebhookLogRecord) => void {
  return ({ level, line, exception }) => {
    if (level === "info") logger.log(line);
    else if (exception instanceof Error) logger[level](line, exception.stack);
    else logger[level](line);
  };
}
