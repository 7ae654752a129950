"use strict";
var __createBinding = (this && this.__createBinding) || (Object.create ? (function(o, m, k, k2) {
    if (k2 === undefined) k2 = k;
    var desc = Object.getOwnPropertyDescriptor(m, k);
    if (!desc || ("get" in desc ? !m.__esModule : desc.writable || desc.configurable)) {
      desc = { enumerable: true, get: function() { return m[k]; } };
    }
    Object.defineProperty(o, k2, desc);
}) : (function(o, m, k, k2) {
    if (k2 === undefined) k2 = k;
    o[k2] = m[k];
}));
var __setModuleDefault = (this && this.__setModuleDefault) || (Object.create ? (function(o, v) {
    Object.defineProperty(o, "default", { enumerable: true, value: v });
}) : function(o, v) {
    o["default"] = v;
});
var __importStar = (this && this.__importStar) || (function () {
    var ownKeys = function(o) {
        ownKeys = Object.getOwnPropertyNames || function (o) {
            var ar = [];
            for (var k in o) if (Object.prototype.hasOwnProperty.call(o, k)) ar[ar.length] = k;
            return ar;
        };
        return ownKeys(o);
    };
    return function (mod) {
        if (mod && mod.__esModule) return mod;
        var result = {};
        if (mod != null) for (var k = ownKeys(mod), i = 0; i < k.length; i++) if (k[i] !== "default") __createBinding(result, mod, k[i]);
        __setModuleDefault(result, mod);
        return result;
    };
})();
Object.defineProperty(exports, "__esModule", { value: true });
exports.WebhookReceiver = void 0;
const native = require("./native.js");
const errors_js_1 = require("./errors.js");
const internal_js_1 = require("./internal.js");
const log = __importStar(require("./log.js"));
const router_js_1 = require("./router.js");
const store_js_1 = require("./stores/store.js");
const values_js_1 = require("./values.js");
const verifier_js_1 = require("./verifier.js");
/** What to answer with each outcome for which nobody has to wait: `[status, body]`. */
const ANSWERS = Object.fromEntries(["handled", "handed_over", "claim_lost", "handler_failed", "store_unavailable"].map((code) => [code, native.answer(code)]));
/** Nobody is left to read it. */
const GONE = { status: 400, headers: {}, body: "" };
/**
 * Receives deliveries without a framework: verifies, calls the handler, and says what to answer. The adapters in
 * `@payvost/webhooks/express`, `/fastify`, `/http` and `/fetch` put one behind a URL.
 *
 * @example
 * ```ts
 * const receiver = new WebhookReceiver(process.env.WEBHOOK_SECRET, router, { logger });
 * const { status, headers, body } = await receiver.receive(rawBody, headers["payvost-signature"]);
 * ```
 */
class WebhookReceiver {
    #verifier;
    #handler;
    #logger;
    #onResult;
    #store;
    /**
     * @param verifierOrSecret A verifier, or what one with the default options is made of: a secret, or several while it is
     *   being rotated.
     * @param routerOrHandler A router, or a function that is given every event.
     * @throws {ConfigurationError} `invalid_secret`, `invalid_option`
     */
    constructor(verifierOrSecret, routerOrHandler, options) {
        this.#verifier = verifierOrSecret instanceof verifier_js_1.WebhookVerifier ? verifierOrSecret : new verifier_js_1.WebhookVerifier(verifierOrSecret);
        this.#handler = readHandler(routerOrHandler);
        const { logger, onResult, store } = readOptions(options);
        this.#logger = log.readLogger(logger);
        this.#onResult = onResult;
        this.#store = store;
    }
    /**
     * Receives one delivery.
     *
     * @param body The raw body. One that somebody has parsed is answered with status 500, and the log says why.
     * @param signature The value of the `Payvost-Signature` header, or what stands in its place when it did not come.
     * @returns What to answer. Never rejected: a handler that fails is an answer too.
     */
    receive(body, signature) {
        return this.#deliver(() => this.#verify(body, signature)); // there is a verdict
    }
    /**
     * Has a dead letter handled again. The delivery that the store has kept is verified with today's secrets, whatever its age, claimed, and
     * handled as one that has just come.
     *
     * @param key The key of a dead letter, which `store.deadLetters()` lists.
     * @returns What would be answered, 200 when it was handled; null when the store has kept nothing under that key.
     * @throws {ConfigurationError} `invalid_option`: there is no store, or the key is no text.
     */
    async retry(key) {
        const store = this.#store;
        if (!store)
            throw (0, errors_js_1.misuse)("the receiver has no store", "What is to be handled again is kept by a store: { store }.");
        if (typeof key !== "string")
            throw (0, errors_js_1.misuse)("the key is no text", "It is the key of a dead letter, which the store lists.");
        const answer = await this.#deliver(async (tell) => {
            let kept;
            try {
                kept = await store.delivery(key);
            }
            catch (error) {
                tell.storeFailed("delivery", error);
                return "store_unavailable";
            }
            const verdict = kept ? this.#verify(kept.payload, kept.signature, "receiveKept") : undefined;
            // Of another endpoint, if two of them share a table: that one handles it.
            const request = verdict?.[2];
            return typeof request !== "object" || request.key === key ? verdict : undefined;
        });
        return answer ?? null;
    }
    /**
     * @internal
     *
     * For the adapters. `read` is given `tooLarge(length)`, stops when that is true, and gives `{ body }`, or nothing when the body
     * did not come to its end.
     */
    async [internal_js_1.RECEIVE_FROM](read, signature) {
        const answer = await this.#deliver(async () => {
            let refused;
            const tooLarge = (length) => (refused ??= this.#verifier[internal_js_1.NATIVE].checkLength(length)) !== undefined;
            const content = await read(tooLarge);
            return refused ?? (content && this.#verify(content.body, signature));
        });
        if (answer !== undefined)
            return answer;
        log.gone(this.#logger);
        return GONE;
    }
    /** The verdict as the native half has it, and with a store, what to claim. */
    #verify(body, signature, receive = "receiveToClaim") {
        if (!this.#store)
            return this.#verifier[internal_js_1.NATIVE].receive(body, signature, values_js_1.build);
        const { prefix, keepDeliveries } = this.#store[internal_js_1.INNER];
        const verdict = this.#verifier[internal_js_1.NATIVE][receive](body, signature, values_js_1.build, prefix);
        if (isRefused(verdict))
            return verdict;
        const [outcome, matchingSecret, key, fingerprint, eventType] = verdict;
        // A copy, since the caller may use the memory again while the store is asked.
        const kept = keepDeliveries ? { payload: copyOf(body), signature: signature } : { payload: null, signature: null };
        return [outcome, matchingSecret, { key, fingerprint, eventType, ...kept }];
    }
    async #deliver(verify) {
        const started = performance.now();
        let event = null;
        let matchingSecret = null;
        const finish = (code, [status, body, seconds] = ANSWERS[code]) => {
            const durationSeconds = (performance.now() - started) / 1000;
            this.#report({ code: code, status, eventId: event?.id ?? null, eventType: event?.type ?? null, matchingSecret, durationSeconds });
            const headers = { "content-type": "application/json" };
            if (seconds !== undefined)
                headers["retry-after"] = String(seconds);
            return { status, headers, body };
        };
        const tell = {
            failed: (error) => log.failed(this.#logger, event, error),
            lost: () => log.lost(this.#logger, event),
            storeFailed: (step, error) => log.storeFailed(this.#logger, step, event, error),
        };
        try {
            const verdict = await verify(tell);
            if (verdict === undefined)
                return undefined;
            if (typeof verdict === "string")
                return finish(verdict);
            if (isRefused(verdict)) {
                const [description, ...answer] = verdict;
                const error = (0, errors_js_1.refusal)(description);
                log.refused(this.#logger, error);
                return finish(error.code, answer);
            }
            const [verified, position, request] = verdict;
            event = verified;
            matchingSecret = position;
            const ended = await this.#process(event, request, tell);
            const [code, ...answer] = typeof ended === "string" ? [ended] : ended;
            log.ended(this.#logger, code, event);
            return answer.length > 0 ? finish(code, answer) : finish(code);
        }
        catch (error) {
            tell.failed(error);
            return finish("handler_failed");
        }
    }
    /** Gives the code of the outcome, and what to answer where that is more than the code says. */
    async #process(event, request, tell) {
        const { handles, handle } = this.#handler;
        if (this.#store && request && handles(event))
            return this.#store[internal_js_1.PROCESS](request, (claim) => handle(event, claim), tell);
        await handle(event);
        return "handled";
    }
    /** The answer does not depend on what becomes of the result. */
    #report(result) {
        if (!this.#onResult)
            return;
        const failed = (error) => log.hookFailed(this.#logger, error);
        try {
            Promise.resolve(this.#onResult(result)).catch(failed);
        }
        catch (error) {
            failed(error);
        }
    }
}
exports.WebhookReceiver = WebhookReceiver;
function isRefused(verdict) {
    return Array.isArray(verdict[0]);
}
function copyOf(body) {
    return typeof body === "string" ? Buffer.from(body) : Buffer.from(ArrayBuffer.isView(body) ? body : new Uint8Array(body));
}
function readHandler(routerOrHandler) {
    if (routerOrHandler instanceof router_js_1.WebhookRouter) {
        const router = routerOrHandler;
        return { handles: ({ type }) => router[internal_js_1.HAS](type), handle: (event, claim) => router.dispatch(event, claim) };
    }
    if (typeof routerOrHandler === "function")
        return { handles: () => true, handle: routerOrHandler };
    throw (0, errors_js_1.misuse)("the handler is neither a WebhookRouter nor a function", "Pass it second: new WebhookReceiver(secret, router).");
}
/** What is misspelt, or belongs to the verifier, must not be ignored. */
function readOptions(options) {
    const { logger, onResult, store, ...others } = options ?? {};
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) {
        throw (0, errors_js_1.misuse)("an option of the receiver does not exist", "They are logger, onResult and store; those of the verification go to new WebhookVerifier(secret, options).");
    }
    if (onResult != null && typeof onResult !== "function") {
        throw (0, errors_js_1.misuse)("onResult is not a function", "It is called with the result of each delivery.");
    }
    if (store != null && !(store instanceof store_js_1.WebhookStore)) {
        throw (0, errors_js_1.misuse)("the store is no WebhookStore", "Take one of @payvost/webhooks/stores: { store: new RedisStore(client) }.");
    }
    return { logger, onResult, store: store ?? undefined };
}
