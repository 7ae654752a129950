// Runs the vectors in any runtime: nothing here is of Node.js. Returns what differs from them.
import { canonical } from "./canonical.mjs";

const OPTION_NAMES = { tolerance: "toleranceSeconds", expect_live_mode: "expectLiveMode", max_payload_bytes: "maxPayloadBytes" };

const optionsOf = (options) => Object.fromEntries(Object.entries(options ?? {}).map(([name, value]) => [OPTION_NAMES[name], value]));
const encoded = (text) => new TextEncoder().encode(text);
const unhex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (digits) => parseInt(digits, 16));

/**
 * @param api The exports of `@payvost/webhooks` and `@payvost/webhooks/stores`.
 * @param families The contents of the files of tests/vectors/verify and tests/vectors/receive.
 */
export async function runVectors(api, { verify, receive }) {
  const problems = [];
  const counts = { verify: 0, receive: 0 };
  const compare = (id, observed, expected) => {
    const difference = differenceOf(observed, expected, id);
    if (difference !== undefined) problems.push(difference);
  };
  for (const vector of verify.flatMap(({ cases }) => cases)) {
    counts.verify++;
    for (const [form, payload] of formsOf(vector)) compare(`${vector.id} ${form}`, verdictOf(api, vector, payload), expectedOf(vector));
  }
  for (const each of receive.flatMap(({ cases }) => cases)) {
    counts.receive++;
    const observed = await observeDelivery(each, api);
    for (const name of ["steps", "outcome", "status", "headers", "body", "record"]) compare(`${each.id} ${name}`, observed[name], each[name] ?? null);
  }
  return { counts, problems };
}

function verdictOf({ WebhookError, WebhookVerifier }, vector, payload) {
  const secrets = vector.secrets.map((secret) => (typeof secret === "string" ? secret : unhex(secret.hex)));
  const { signature, signature_hex: hex } = vector;
  // A header's bytes are decoded as Latin-1.
  const header = hex === undefined ? signature : String.fromCharCode(...unhex(hex));
  try {
    const event = new WebhookVerifier(secrets, optionsOf(vector.options)).verify(payload, header);
    const text = typeof payload === "string" ? payload : new TextDecoder().decode(payload);
    return { verdict: "valid", offset: null, pointer: null, value: canonical(event), text: JSON.stringify(event) === JSON.stringify(JSON.parse(text)) };
  } catch (error) {
    if (!(error instanceof WebhookError)) return { verdict: String(error?.stack ?? error) };
    return { verdict: error.code, offset: error.offset, pointer: error.pointer, value: null, text: true };
  }
}

function expectedOf({ result, error, value }) {
  const verdict = result === "valid" ? "valid" : error.code;
  return { verdict, offset: error?.offset ?? null, pointer: error?.pointer ?? null, value: value ?? null, text: true };
}

function* formsOf({ payload, payload_hex: hex, payload_repeat: repeated }) {
  const bytes = hex === undefined ? encoded(payload ?? repeated.map(([text, count]) => text.repeat(count)).join("")) : unhex(hex);
  yield ["bytes", bytes];
  yield ["buffer", bytes.buffer];
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  if (encoded(text).every((byte, index) => byte === bytes[index])) yield ["text", text];
}

/** The error of a scripted store. */
class ScriptedFault extends Error {
  static name = "ScriptedFault"; // also after a bundler has renamed the class
  constructor(code) {
    super("a message that no log may hold");
    this.code = code;
  }
}

/** Runs a delivery of the vectors through the real receiver, with a scripted store and a scripted handler. */
export async function observeDelivery(each, api) {
  const { WebhookReceiver, WebhookVerifier } = api;
  const [steps, results, records] = [[], [], []];
  const verifier = new WebhookVerifier("whsec_vectors", optionsOf(each.options));
  const receiver = new WebhookReceiver(verifier, routerOf(each, steps, api), {
    store: storeOf(each, steps, api),
    logger: (record) => records.push(record),
    onResult: (result) => results.push(result),
  });
  const answer = await deliver(receiver, each.arrived, WebhookReceiver);
  const answered = answer === null ? 0 : 1;
  if (results.length !== answered || records.length !== answered) throw new Error(`${each.id}: one result and one record for each delivery`);
  if (results[0]?.status !== answer?.status) throw new Error(`${each.id}: the result has another status`);
  const [record] = records;
  return {
    steps,
    outcome: results[0]?.code ?? null,
    status: answer?.status ?? null,
    headers: answer?.headers ?? null,
    body: answer?.body ?? null,
    record: record
      ? { level: record.level === "warn" ? "warning" : record.level, line: record.line, fields: record.fields, exception: "exception" in record }
      : null,
  };
}

/** The store of a case, which records its calls. */
function storeOf({ claiming, arrived, store }, steps, { WebhookStore }) {
  if (claiming === "never") return undefined;
  const plays = (reply) => {
    if (reply?.fault !== undefined) throw new ScriptedFault(reply.fault);
    return reply;
  };
  const notAsked = () => {
    throw new Error("this step was not asked for");
  };
  return new WebhookStore({
    inbox: claiming === "inbox",
    async claim({ key, retry }) {
      steps.push({ step: "claim", key, retry });
      const reply = plays(store.claim);
      return typeof reply === "string" ? [reply, 0] : Object.entries(reply)[0];
    },
    async complete() {
      steps.push({ step: "complete" });
      const { completion, held } = plays(store.complete);
      return completion ?? held;
    },
    async release({ error }) {
      steps.push({ step: "release", error });
      return plays(store.release).held;
    },
    async delivery() {
      steps.push({ step: "load" });
      const kept = plays(arrived.kept);
      return kept && { payload: encoded(kept.payload), signature: kept.signature };
    },
    extend: notAsked,
    deadLetters: notAsked,
  });
}

function routerOf({ registered = true, handler }, steps, { WebhookRouter }) {
  const router = new WebhookRouter();
  if (!registered) return router;
  return router.on("*", async (_event, claim) => {
    steps.push({ step: "handle", attempt: claim?.attempt ?? 0 });
    if (handler.hands_over) await claim.handOver();
    if (handler.raises) throw new { [handler.raises]: class extends Error {} }[handler.raises]("the message is not logged");
  });
}

/** Sends what arrived, as an adapter does. */
function deliver(receiver, { kind, key, payload, signature, end, content_length: contentLength, transfer_encoding: transferEncoding }, { prototype }) {
  if (kind === "retry") return receiver.retry(key);
  const read = (limit) => [end === "consumed" ? undefined : encoded(payload).subarray(0, limit), end];
  const method = Object.getOwnPropertySymbols(prototype).find(({ description }) => description === "receive");
  return receiver[method]({ contentLength, transferEncoding, signature, read });
}

/** Where and how two values differ. A string with `*` in it is compared up to there. */
export function differenceOf(observed, expected, where) {
  const difference = `${where}: ${JSON.stringify(observed)} instead of ${JSON.stringify(expected)}`;
  if (typeof expected === "string" && expected.includes("*")) {
    const start = expected.slice(0, expected.indexOf("*"));
    return typeof observed === "string" && observed.startsWith(start) && observed.length > start.length ? undefined : difference;
  }
  if (typeof expected !== "object" || expected === null) return Object.is(observed, expected) ? undefined : difference;
  const names = Object.keys(expected);
  if (typeof observed !== "object" || observed === null || String(Object.keys(observed)) !== String(names)) return difference;
  return names.map((name) => differenceOf(observed[name], expected[name], `${where} ${name}`)).find((found) => found !== undefined);
}
