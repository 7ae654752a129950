// What a call of the management client costs beside one of stripe's client, on the same server.
//
//   scripts/setup bench && make build && node bench/node/manage.mjs [CALLS [ROUNDS]]
//
// The server has a process of its own, and answers with what each of the two expects. The clients take turns, and the best round counts.
import { fork, execFileSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FOLDERS = { payvost: `${ROOT}target/`, stripe: `${ROOT}target/bench/` };
const PACKAGES = { payvost: "@payvost/webhooks", stripe: "stripe" };
const WEBHOOK = { id: "we_1", object: "webhook_endpoint", url: "https://yourapp.com/webhooks", enabled: true, status: "enabled", events: ["payment.*"], enabled_events: ["*"], secret: "whsec_1" };

if (process.send) serve();
else await compare(Number(process.argv[2] ?? 300), Number(process.argv[3] ?? 15));

function serve() {
  const bodies = [{ success: true, data: WEBHOOK }, WEBHOOK].map((body) => JSON.stringify(body));
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      response.setHeader("Content-Type", "application/json");
      response.end(bodies[request.url.startsWith("/v1/webhooks") ? 0 : 1]);
    });
  });
  server.listen(0, "127.0.0.1", () => process.send(server.address().port));
}

async function compare(calls, rounds) {
  const server = fork(fileURLToPath(import.meta.url));
  try {
    const [port] = await once(server, "message");
    const clients = clientsOf(port);
    const times = {};
    for (let round = 0; round < rounds; round++) {
      for (const [name, call] of Object.entries(clients)) {
        const begin = process.hrtime.bigint();
        for (let index = 0; index < calls; index++) await call();
        (times[name] ??= []).push(Number(process.hrtime.bigint() - begin) / calls / 1e3);
      }
    }
    for (const [name, values] of Object.entries(times)) print(name, `${Math.min(...values).toFixed(0)} µs`);
    for (const name of Object.keys(PACKAGES)) print(`${name}: load, and make a client`, `${loading(name, rounds).toFixed(1)} ms`);
  } finally {
    server.kill();
  }
}

function clientsOf(port) {
  const load = (name) => createRequire(FOLDERS[name])(PACKAGES[name]);
  const { Payvost } = load("payvost");
  const Stripe = load("stripe");
  const payvost = new Payvost({ apiKey: "sk_test_bench", baseUrl: `http://127.0.0.1:${port}` });
  const stripe = new Stripe("sk_test_bench", { host: "127.0.0.1", port, protocol: "http", telemetry: false });
  const url = "https://yourapp.com/webhooks";
  return {
    "payvost: get": () => payvost.webhooks.get("we_1"),
    "stripe: retrieve": () => stripe.webhookEndpoints.retrieve("we_1"),
    "payvost: create": () => payvost.webhooks.create({ url, events: ["payment.*"] }),
    "stripe: create": () => stripe.webhookEndpoints.create({ url, enabled_events: ["*"] }),
  };
}

/** The best time of fresh processes. */
function loading(name, rounds) {
  const made = name === "payvost" ? `new loaded.Payvost({ apiKey: "sk_test_bench" })` : `new loaded("sk_test_bench")`;
  const code = `const begin = process.hrtime.bigint(); const loaded = require(${JSON.stringify(PACKAGES[name])}); ${made}; console.log(Number(process.hrtime.bigint() - begin) / 1e6)`;
  const once = () => Number(execFileSync(process.execPath, ["-e", code], { cwd: FOLDERS[name], encoding: "utf8" }));
  return Math.min(...Array.from({ length: rounds }, once));
}

function print(name, value) {
  console.log(`${name.padEnd(34)}${value.padStart(10)}`);
}
