// Starts a receiver in each framework, as its users do. Each function returns the URL, and how to stop the server.
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { hapiPlugin } from "@payvost/webhooks/hapi";
import { koaMiddleware } from "@payvost/webhooks/koa";
import { lambdaHandler } from "@payvost/webhooks/lambda";
import { OnWebhook, PayvostWebhooksModule } from "@payvost/webhooks/nestjs";

const PATH = "/webhooks/payvost";
const frameworks = createRequire(import.meta.url);

export const FRAMEWORKS = {
  Koa(receiver) {
    const Koa = frameworks("koa");
    const Router = frameworks("@koa/router");
    const routes = new Router().all("/:tenant/payvost", koaMiddleware(receiver));
    return listening(createServer(Object.assign(new Koa(), { silent: true }).use(routes.routes()).use(frameworks("koa-bodyparser")()).callback()));
  },
  async Hapi(receiver) {
    const server = frameworks("@hapi/hapi").server({ port: 0, host: "127.0.0.1" });
    await server.register({ plugin: hapiPlugin, options: { receiver, path: "/{tenant}/payvost" } });
    await server.start();
    return { url: server.info.uri + PATH, stop: () => server.stop({ timeout: 1 }) };
  },
  "NestJS on Express": (receiver, options) => nest(receiver, options, () => undefined),
  "NestJS on Fastify": (receiver, options) => nest(receiver, options, () => new (frameworks("@nestjs/platform-fastify").FastifyAdapter)()),
  "AWS Lambda, format 2.0": (receiver) => lambda(receiver, ({ method, headers }, body) => ({
    version: "2.0",
    requestContext: { http: { method } },
    headers: Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values.join()])),
    body: body.toString("base64"),
    isBase64Encoded: true,
  })),
  "AWS Lambda, format 1.0": (receiver) => lambda(receiver, ({ method, headers }, body) => ({
    httpMethod: method,
    headers: Object.fromEntries(Object.entries(headers).map(([name, values]) => [capitalized(name), values.at(-1)])),
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, values]) => [capitalized(name), values])),
    requestContext: {},
    ...plain(body),
  })),
  "AWS Lambda behind a load balancer": (receiver) => lambda(receiver, ({ method, headers }, body) => ({
    httpMethod: method,
    multiValueHeaders: headers,
    requestContext: { elb: { targetGroupArn: "arn" } },
    ...plain(body),
  })),
};

/** How Nest's applications differ: the secret is an option of the module, and handlers are methods. */
async function nest(receiver, { secret, store, handler, logger }, adapterOf) {
  frameworks("reflect-metadata");
  const { NestFactory } = frameworks("@nestjs/core");
  const { Module } = frameworks("@nestjs/common");
  class Handlers {
    handle(event, claim) {
      return handler(event, claim);
    }
  }
  OnWebhook("*")(Handlers.prototype, "handle", {});
  class App {}
  const path = "/:tenant/payvost";
  const options = { path, inject: ["SECRET"], imports: [secretModule(Module, secret)], useFactory: (given) => ({ secret: given, store, logger }) };
  Module({ imports: [PayvostWebhooksModule.forRootAsync(options)], providers: [Handlers] })(App);
  const adapter = adapterOf();
  const app = await NestFactory.create(App, ...[adapter].filter(Boolean), { logger: false, abortOnError: false });
  await app.listen(0, "127.0.0.1");
  return { url: (await app.getUrl()) + PATH, stop: () => app.close(), app };
}

function secretModule(Module, secret) {
  class Secrets {}
  Module({ providers: [{ provide: "SECRET", useValue: secret }], exports: ["SECRET"] })(Secrets);
  return Secrets;
}

/** A server that passes requests on as API Gateway or a load balancer does. */
function lambda(receiver, eventOf) {
  const handler = lambdaHandler(receiver);
  return listening(createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = request.headersDistinct;
    const event = eventOf({ method: request.method, headers, path: request.url }, Buffer.concat(chunks));
    const answer = await handler({ ...event, path: request.url });
    const fields = answer.multiValueHeaders ?? answer.headers;
    response.writeHead(answer.statusCode, fields).end(answer.body);
  }));
}

/** Text is passed on as it is. */
function plain(body) {
  const text = body.toString();
  return Buffer.from(text).equals(body) && !text.startsWith("\ufeff") ? { body: text, isBase64Encoded: false } : { body: body.toString("base64"), isBase64Encoded: true };
}

function capitalized(name) {
  return name.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}

async function listening(server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${server.address().port}${PATH}`, stop };
}
