// When memory runs out, a call throws instead of ending the process.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { env, execPath } from "node:process";

const FOLDER = mkdtempSync(join(tmpdir(), "payvost-webhooks-memory-"));
const LIBRARY = join(FOLDER, "failing.so");
/** Where the package finds itself by its name. */
const PACKAGE = new URL("..", import.meta.url);

/** In a process that loads this first, an allocation of LARGEST bytes or more fails. Node's own heap does not come from here. */
const FAILING = `
#include <errno.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);

static void *failed(void) { errno = ENOMEM; return NULL; }

void *malloc(size_t size) { return size >= LARGEST ? failed() : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return size && count >= LARGEST / size ? failed() : __libc_calloc(count, size); }
void *realloc(void *memory, size_t size) { return size >= LARGEST ? failed() : __libc_realloc(memory, size); }
`;

/** Prints what each call came to, and that the process still works afterwards. */
const SCRIPT = `
const { createHmac } = require("node:crypto");
const { WebhookReceiver, WebhookVerifier, sign } = require("@payvost/webhooks");
const [, kind] = process.argv;
const SECRET = "whsec_memory";
const verifier = new WebhookVerifier(SECRET, { maxPayloadBytes: 100_000_000 });
const text = (data) => '{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{"list":' + data + "}}";
/** Memory of WebAssembly is not allocated. */
function bytes(text) {
  const { buffer } = new WebAssembly.Memory({ initial: Math.ceil(text.length / 65_536) });
  const bytes = new Uint8Array(buffer, 0, text.length);
  new TextEncoder().encodeInto(text, bytes);
  return bytes;
}
const payload = {
  "a text": () => text('"' + "a".repeat(12_000_000) + '"'),
  "a text that is not ASCII": () => text('"é' + "a".repeat(9_000_000) + '"'),
  "bytes": () => bytes(text('"' + "a".repeat(25_000_000) + '"')),
  "long names": () => bytes(text("{" + Array.from({ length: 550 }, (_, index) => '"n' + index + "a".repeat(30_000) + '":1').join() + "}")),
  "many values": () => bytes(text("[" + "1,".repeat(4_000_000) + "1]")),
}[kind]();
/** A text that is hashed as a whole is copied first. */
const hash = createHmac("sha256", SECRET);
for (let start = 0; start < payload.length; start += 1_000_000) hash.update(payload.slice(start, start + 1_000_000));
const signature = hash.digest("hex");
const fine = text("[]");
let error;
try { verifier.verify(payload, signature); } catch (thrown) { error = thrown; }
const { name, code, message, hint } = error ?? {};
const logger = Object.fromEntries(["debug", "info", "warn", "error"].map((level) => [level, () => {}]));
new WebhookReceiver(verifier, () => {}, { logger }).receive(payload, signature).then(({ status }) => {
  const { id } = verifier.verify(fine, sign(fine, SECRET));
  console.log(JSON.stringify({ name, code, message, hint, status, id }));
});
`;

before(() => {
  const source = join(FOLDER, "failing.c");
  writeFileSync(source, FAILING);
  execFileSync("cc", ["-shared", "-fPIC", "-O1", "-DLARGEST=20000000ul", source, "-o", LIBRARY]);
});

after(() => rmSync(FOLDER, { recursive: true, force: true }));

for (const kind of ["a text", "a text that is not ASCII", "bytes", "long names", "many values"]) {
  test(`an event for which there is no memory: ${kind}`, () => {
    const output = execFileSync(execPath, ["-e", SCRIPT, kind], { cwd: PACKAGE, env: { ...env, LD_PRELOAD: LIBRARY }, encoding: "utf8", timeout: 60_000 });
    const { hint, ...rest } = JSON.parse(output);
    assert.deepEqual(rest, { name: "ConfigurationError", code: "out_of_memory", message: "out of memory", status: 500, id: "evt_1" });
    assert.match(hint, /memory limit/);
  });
}
