// The whole applications of the guides to frameworks: over HTTP, with the queue's worker and the merchant's test.
import assert from "node:assert/strict";
import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { sampleEvent, signedRequest } from "@payvost/webhooks/testing";
import { deliver } from "../test-support/http.mjs";
import { applicationOf } from "../test-support/pages.mjs";
import { SECRET } from "../test-support/sample.mjs";
import { Services } from "../test-support/stores.mjs";

const APPLICATIONS = {
  Express: ["express.md", "worker"],
  Fastify: ["fastify.md", "worker"],
  Koa: ["koa.md", "worker"],
  Hapi: ["hapi.md", "worker"],
  Hono: ["fetch-api.md", "worker"],
  NestJS: ["nestjs.md", "start", "worker"],
  "AWS Lambda": ["aws-lambda.md", "worker"],
};
// What is in front of a function of AWS Lambda.
const GATEWAY = `
import { createServer } from "node:http";
import { handler } from "./shop.mjs";

createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString("base64");
  const { method, headers } = request;
  const answer = await handler({ version: "2.0", requestContext: { http: { method } }, headers, body, isBase64Encoded: true });
  response.writeHead(answer.statusCode, answer.headers).end(answer.body);
}).listen(0);
`;

const services = new Services();
let url;
before(async () => ({ url } = await services.start("redis")));
after(() => services.remove());

const { NODE_TEST_CONTEXT: _context, ...environment } = process.env;
const reportPort = createRequire(import.meta.url).resolve("../test-support/report-port.cjs");

/** Runs a program until the end of the test. Returns the process, and what it has printed. */
function run(context, path, options, env) {
  const child = fork(path, options, { env, execArgv: ["--require", reportPort], stdio: ["ignore", "pipe", "pipe", "ipc"] });
  const ended = once(child, "exit");
  context.after(() => child.kill("SIGKILL") && ended);
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (printed += text));
  return { child, ended, log: () => printed };
}

for (const [index, [name, [page, program, ...options]]] of Object.entries(APPLICATIONS).entries()) {
  test(`${name}: the worker handles an event once, and the application's own test passes`, async (context) => {
    const paths = applicationOf(context, page);
    if (!paths.start) writeFileSync((paths.start = join(dirname(paths.shop), "start.mjs")), GATEWAY);
    // The application and its test have databases of their own.
    const [env, envOfTest] = [0, 1].map((database) => ({ ...environment, PORT: "0", WEBHOOK_SECRET: SECRET, REDIS_URL: `${url}/${2 * index + database}` }));
    const tested = promisify(execFile)(process.execPath, ["--test", paths["shop.test"]], { env: envOfTest, timeout: 60_000 });
    const redis = new Redis(env.REDIS_URL, { maxRetriesPerRequest: null });
    const queue = new Queue("webhooks", { connection: redis });
    context.after(() => queue.close().then(() => redis.quit()));

    const server = run(context, paths.start, [], env);
    const [port] = await Promise.race([once(server.child, "message"), server.ended.then(() => assert.fail(server.log()))]);
    const event = sampleEvent("payment.succeeded", {}, { fresh: true });
    const { body, headers } = signedRequest(event, SECRET);
    const post = async () => (await deliver(`http://localhost:${port}/webhooks/payvost`, body, headers)).status;
    assert.deepEqual([await post(), await post()], [200, 409], server.log());
    const [job] = await queue.getJobs();
    await queue.add("again", job.data); // the queue delivers it twice as well

    const worker = run(context, paths[program], options, env);
    for (let attempt = 0; (await queue.getCompletedCount()) < 2; attempt++) {
      assert.ok(attempt < 1200, worker.log());
      await sleep(50);
    }
    assert.equal(await post(), 200);
    assert.equal(worker.log().split(`shipped: ${event.id} `).length - 1, 1, worker.log());
    assert.match((await tested).stdout, /^# pass 1$/m);
  });
}
