"use strict";
// The core's scripts on the user's own client, node-redis or ioredis.
Object.defineProperty(exports, "__esModule", { value: true });
exports.RedisStore = void 0;
const native = require("../native.js");
const node_crypto_1 = require("node:crypto");
const errors_js_1 = require("../errors.js");
const store_js_1 = require("./store.js");
/** Claims on Redis 5 or later: one primary, with Sentinel or without, no cluster. */
class RedisStore extends store_js_1.WebhookStore {
    /**
     * @param client The program's own client, connected.
     * @throws {ConfigurationError} `invalid_option`
     */
    constructor(client, options) {
        super(stepsOn(commandsOf(client), client.options?.keyPrefix ?? ""), options);
    }
}
exports.RedisStore = RedisStore;
const SCRIPTS = new Map(native.redisScripts().map(([name, text]) => [name, { text, sha: (0, node_crypto_1.createHash)("sha1").update(text).digest("hex") }]));
/** Texts come as bytes from node-redis when it was set so, and from ioredis always. `prefix` is what ioredis puts before each key. */
function stepsOn(send, prefix) {
    const run = async (name, { key = "", openKey }, values) => {
        const { text, sha } = SCRIPTS.get(name);
        const rest = ["2", key, openKey, ...values.map((value) => (typeof value === "number" ? String(value) : value))];
        try {
            return await send(["EVALSHA", sha, ...rest]);
        }
        catch (error) {
            if (!String(error?.message).startsWith("NOSCRIPT"))
                throw error;
            return send(["EVAL", text, ...rest]);
        }
    };
    return {
        async claim(step) {
            const { fingerprint, token, lease, remember, eventType, payload, signature } = step;
            const reply = await run("claim", step, [fingerprint, token, lease, remember, eventType, payload ?? "", signature ?? ""]);
            return [String(reply[0]), Number(reply[1])];
        },
        extend: async (step) => Number(await run("extend", step, [step.token, step.lease])) === 1,
        complete: async (step) => Number(await run("complete", step, [step.token, step.remember])) === 1,
        release: async (step) => Number(await run("release", step, [step.token, step.remember, step.error])) === 1,
        async deadLetters(step) {
            const letters = await run("dead_letters", step, [step.limit]);
            return letters.map(([key, eventType, reason, attempts, error, age]) => ({
                key: String(key).slice(prefix.length),
                eventType: String(eventType),
                reason: String(reason),
                attempts: Number(attempts),
                error: String(error) || null,
                ageSeconds: Number(age) / 1000,
            }));
        },
        async delivery(step) {
            const kept = await run("delivery", step, []);
            return kept ? { payload: kept[0], signature: String(kept[1]) } : null;
        },
    };
}
/** A function that sends a command and gives its reply, texts as bytes. */
function commandsOf(client) {
    if (client?.isCluster)
        throw (0, errors_js_1.misuse)("a cluster cannot be the store", "The scripts need a single primary, with Sentinel or without.");
    if (typeof client?.callBuffer === "function")
        return (command) => client.callBuffer(...command); // ioredis
    if (typeof client?.sendCommand === "function") {
        const asBytes = { typeMapping: { 36: Buffer }, returnBuffers: true }; // the marker of texts in the protocol; node-redis 4
        return (command) => client.sendCommand(command, asBytes);
    }
    throw (0, errors_js_1.misuse)("this is no client of Redis", "Pass a client of node-redis (createClient) or ioredis (new Redis), connected.");
}
