// The programs of the guides to NestJS, Koa, Hapi, Lambda and ORMs: they compile, run, and their own tests pass.
import assert from "node:assert/strict";
import { execFile, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { sampleEvent, signedRequest } from "@payvost/webhooks/testing";
import { deliver } from "../test-support/http.mjs";
import { programsOf } from "../test-support/pages.mjs";
import { generatePrisma } from "../test-support/prisma.mjs";
import { SECRET } from "../test-support/sample.mjs";
import { clientOf } from "../test-support/services.mjs";
import { Services } from "../test-support/stores.mjs";
import { TYPES } from "../test-support/types.mjs";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const consumers = createRequire(new URL("../consumers/", import.meta.url));
const reportPort = fileURLToPath(new URL("../test-support/report-port.cjs", import.meta.url));

const services = new Services();
let database, url;
before(async () => {
  ({ url } = await services.start("postgres"));
  database = await clientOf("postgres", url);
  await database.client.query("CREATE TABLE payments (id text PRIMARY KEY, amount numeric)");
});
after(async () => {
  await database.end();
  await services.remove();
});

/** A folder with the programs of a page, as after `npm install`. */
function projectOf(context, page) {
  const folder = mkdtempSync(join(tmpdir(), "payvost-webhooks-page-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const link = (name, target) => {
    const place = join(folder, "node_modules", name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(target, place);
  };
  link("@payvost/webhooks", PACKAGE);
  for (const name of ["@hapi/hapi", "@koa/router", "@nestjs", "@types", "bullmq", "ioredis", "koa", "pg", "reflect-metadata", "rxjs"]) link(name, join(PACKAGE, "node_modules", name));
  const orms = ["@electric-sql", "@prisma", "drizzle-orm", "knex", "kysely", "postgres", "typeorm"];
  for (const name of orms) link(name, join(PACKAGE, "consumers/node_modules", name));
  const programs = programsOf(page);
  for (const [file, code] of Object.entries(programs)) writeFileSync(join(folder, file), code);
  return { folder, files: Object.keys(programs) };
}

/** Compiles the programs of a folder with the strictest options, and then to JavaScript. */
function compile(folder, files) {
  const settings = ["--strict", "--noUncheckedIndexedAccess", "--target", "es2022", "--module", "nodenext", "--skipLibCheck", "--experimentalDecorators", "--emitDecoratorMetadata", "--types", "node"];
  try {
    execFileSync(process.execPath, [join(PACKAGE, "node_modules/typescript/bin/tsc"), ...settings, ...files], { cwd: folder, encoding: "utf8" });
  } catch (error) {
    throw new Error(error.stdout, { cause: error });
  }
}

/** Runs a server of a page, and returns its URL. */
async function serving(context, path, env = {}) {
  const variables = { PATH: process.env.PATH, PORT: "0", WEBHOOK_SECRET: SECRET, DATABASE_URL: url, ...env };
  const child = fork(path, { execArgv: ["--require", reportPort], env: variables, stdio: ["ignore", "pipe", "pipe", "ipc"] });
  context.after(() => child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  const [port] = await Promise.race([once(child, "message"), once(child, "exit").then(() => Promise.reject(new Error(output)))]);
  return { url: `http://localhost:${port}/webhooks/payvost`, output: () => output };
}

const post = async (target, event, secret = SECRET) => {
  const { body, headers } = signedRequest(event, secret);
  return (await deliver(target, body, headers)).status;
};

const paymentsOf = async (id) => Number((await database.client.query("SELECT count(*) AS n FROM payments WHERE id = $1", [id])).rows[0].n);

/** The documented events, a forged one, and duplicates of a payment. */
async function examined(server, id) {
  for (const type of TYPES.filter((type) => type !== "payment.succeeded")) assert.equal(await post(server.url, sampleEvent(type, { id: `evt_${type}_${id}` })), 200, type);
  const event = sampleEvent("payment.succeeded", { id: `evt_${id}`, data: { id, amount: "12.50" } });
  const statuses = await Promise.all(Array.from({ length: 16 }, () => post(server.url, event)));
  assert.ok(statuses.includes(200) && statuses.every((status) => [200, 409].includes(status)), `${statuses.join()} ${server.output()}`);
  assert.equal(await post(server.url, event, "whsec_other"), 400);
  assert.deepEqual([await post(server.url, event), await paymentsOf(id)], [200, 1]);
}

const { NODE_TEST_CONTEXT: _context, ...env } = process.env;

for (const [name, page] of Object.entries({ Koa: "koa.md", Hapi: "hapi.md", NestJS: "nestjs.md" })) {
  describe(name, () => {
    test("the program books each payment once, and its own test passes", async (context) => {
      const { folder, files } = projectOf(context, page);
      if (name === "NestJS") {
        // The types of Koa do not fit those of a package that it needs, so its types are compiled here, where libraries are not checked.
        const koa = 'import Koa from "koa";\nimport { WebhookReceiver } from "@payvost/webhooks";\nimport { koaMiddleware } from "@payvost/webhooks/koa";\nconst receiver = new WebhookReceiver("whsec_example", () => {});\nnew Koa().use(koaMiddleware(receiver)).use(koaMiddleware<Koa.Context>(async (context) => receiver.withVerifier(context.get("X"))));\n// @ts-expect-error a function that returns no receiver\nkoaMiddleware(() => "whsec_example");\n';
        writeFileSync(join(folder, "koa.ts"), koa);
        const wrong = 'import { OnWebhook } from "@payvost/webhooks/nestjs";\nimport type { EventOf } from "@payvost/webhooks";\nexport class Wrong {\n  // @ts-expect-error a handler for another event\n  @OnWebhook("payment.succeeded")\n  failed(_event: EventOf<"wallet.frozen">) {}\n}\n';
        writeFileSync(join(folder, "wrong.ts"), wrong);
        const whole = programsOf(page, { whole: true });
        for (const [file, code] of Object.entries(whole)) writeFileSync(join(folder, file), code);
        compile(folder, [...files, ...Object.keys(whole), "koa.ts", "wrong.ts"]);
      }
      const server = await serving(context, join(folder, name === "NestJS" ? "main.js" : "server.mjs"));
      await examined(server, `pay_${name}`);
      assert.match(server.output(), /paid: 12\.50 USD\n/);
      assert.match(server.output(), /unhandled: user\.created /);
      assert.match(server.output(), /signature_mismatch/);
      await assert.rejects(serving(context, join(folder, name === "NestJS" ? "main.js" : "server.mjs"), { WEBHOOK_SECRET: "" }), /invalid_secret/);
      const ownTest = files.find((file) => file.includes(".test.")).replace(/\.ts$/, ".js");
      const tested = await promisify(execFile)(process.execPath, ["--test", join(folder, ownTest)], { env: { ...env, DATABASE_URL: url } });
      assert.match(tested.stdout, /^# pass 1$/m);
    });
  });
}

test("AWS Lambda: the page's own test passes", async (context) => {
  const { folder } = projectOf(context, "aws-lambda.md");
  const { stdout } = await promisify(execFile)(process.execPath, ["--test", folder], { env });
  assert.match(stdout, /^# pass 1$/m);
});

test("the programs of the page on ORMs compile, and book each payment once", async (context) => {
  const { folder, files } = projectOf(context, "orms.md");
  const models = "model Payment {\n  id String @id\n  amount Decimal\n  @@map(\"payments\")\n}\n";
  const Client = generatePrisma(join(folder, "prisma-client"), "postgresql", models);
  assert.equal(typeof Client, "function");
  symlinkSync(join(folder, "prisma-client/generated"), join(folder, "generated"));
  // Each handler gets the transaction of its ORM: what is none of its methods does not compile.
  const wrong = files.map((file) => {
    const code = programsOf("orms.md")[file].replace(/await claim\.connection[^]*?;\n/, "// @ts-expect-error not a method of the transaction\n  claim.connection.nonsense();\n");
    writeFileSync(join(folder, `wrong-${file}`), code);
    return `wrong-${file}`;
  });
  const settings = ["--strict", "--noEmit", "--allowImportingTsExtensions", "--rewriteRelativeImportExtensions", "false", "--target", "es2023", "--module", "preserve", "--moduleResolution", "bundler", "--skipLibCheck", "--types", "node"];
  const checked = files.filter((file) => file !== "prisma.ts").concat(wrong.filter((file) => file !== "wrong-prisma.ts"));
  const check = (sources) => promisify(execFile)(process.execPath, [join(PACKAGE, "node_modules/typescript/bin/tsc"), ...settings, ...sources], { cwd: folder }).catch((error) => assert.fail(error.stdout));
  await check([...checked, "prisma.ts", "wrong-prisma.ts"]);
  for (const file of files) {
    const outfile = join(folder, file.replace(/\.ts$/, ".mjs"));
    consumers("esbuild").buildSync({ entryPoints: [join(folder, file)], outfile, bundle: file === "prisma.ts", packages: "external", platform: "node", format: "esm", target: "node18", logLevel: "error" });
    const server = await serving(context, outfile, { DATABASE_FOLDER: join(folder, "pglite") });
    const id = `pay_${file}`;
    const event = sampleEvent("payment.succeeded", { id: `evt_${file}`, data: { id, amount: "12.50" } });
    const statuses = await Promise.all([1, 2, 3].map(() => post(server.url, event)));
    assert.ok(statuses.every((status) => [200, 409].includes(status)) && statuses.includes(200), `${file}: ${statuses.join()} ${server.output()}`);
    if (file !== "pglite.ts") assert.equal(await paymentsOf(id), 1, file);
  }
});
