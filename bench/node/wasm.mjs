// Measures the WebAssembly: its size, the time to load it, and the time for one verified and parsed event, in turn with WebCrypto and JSON.parse.
//
//   node bench/node/wasm.mjs          needs: scripts/build node
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const ROUNDS = 15;
const PER_ROUND = 3_000;
const SECRET = "whsec_example";
const PACKAGE = new URL("../../bindings-node/", import.meta.url);

if (!process.execArgv.includes("--conditions=browser")) {
  // The module for browsers and edge runtimes.
  execFileSync(process.execPath, ["--conditions=browser", fileURLToPath(import.meta.url)], { stdio: "inherit" });
} else {
  await measure();
}

async function measure() {
  for (const name of ["payvost_webhooks.wasm", "payvost_webhooks_server.wasm"]) {
    const bytes = readFileSync(new URL(name, PACKAGE));
    console.log(`${name}: ${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} with gzip`);
  }
  const started = performance.now();
  const { WebhookVerifier, sign } = await import(new URL("lib/esm/index.mjs", PACKAGE));
  console.log(`loaded, compiled and instantiated in ${(performance.now() - started).toFixed(1)} ms`);

  const { createRequire } = await import("node:module");
  const { sampleEvent } = createRequire(import.meta.url)(fileURLToPath(new URL("lib/testing.js", PACKAGE)));
  const body = new TextEncoder().encode(JSON.stringify(sampleEvent("payment.succeeded")));
  const signature = sign(body, SECRET);
  const verifier = new WebhookVerifier(SECRET);
  const key = await importKey();
  const ways = {
    "this package as WebAssembly": () => verifier.verify(body, signature),
    "WebCrypto with JSON.parse, the key imported once": () => byWebCrypto(key, body, signature),
    "WebCrypto with JSON.parse, the key imported for each request": async () => byWebCrypto(await importKey(), body, signature),
  };
  const best = Object.fromEntries(Object.keys(ways).map((name) => [name, Infinity]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, way] of Object.entries(ways)) {
      const begun = performance.now();
      for (let call = 0; call < PER_ROUND; call++) await way();
      best[name] = Math.min(best[name], ((performance.now() - begun) * 1_000) / PER_ROUND);
    }
  }
  const [[, first]] = Object.entries(best);
  for (const [name, time] of Object.entries(best)) console.log(`${name}: ${time.toFixed(2)} µs, ${(time / first).toFixed(2)} ×`);
  console.log(`${body.length} bytes; the best of ${ROUNDS} rounds of ${PER_ROUND} calls each, in turn`);
}

function importKey() {
  return crypto.subtle.importKey("raw", new TextEncoder().encode(SECRET), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

async function byWebCrypto(key, body, signature) {
  const bytes = Uint8Array.from(signature.match(/../g), (digits) => parseInt(digits, 16));
  if (!(await crypto.subtle.verify("HMAC", key, bytes, body))) throw new Error("signature mismatch");
  return JSON.parse(new TextDecoder().decode(body));
}
