"use strict";
// A record is one text without placeholders: console, pino, winston and the rest take that alike. It names the event by `id` and
// `type`, and says nothing else of what came.
Object.defineProperty(exports, "__esModule", { value: true });
exports.readLogger = readLogger;
exports.ended = ended;
exports.storeFailed = storeFailed;
exports.lost = lost;
exports.refused = refused;
exports.failed = failed;
exports.hookFailed = hookFailed;
exports.gone = gone;
const errors_js_1 = require("./errors.js");
const kind_js_1 = require("./stores/kind.js");
const LEVELS = ["info", "warn", "error"];
/** What is wrong is worth a line in any program; what went well only when asked for. */
const DEFAULT = {
    info() { },
    warn: (text) => console.warn(text),
    error: (text) => console.error(text),
};
const MAX_CAUSES = 4;
function readLogger(logger) {
    if (logger == null)
        return DEFAULT;
    if (LEVELS.every((level) => typeof logger[level] === "function"))
        return logger;
    throw (0, errors_js_1.misuse)("the logger lacks a method", "A logger has the methods info, warn and error, as console, pino and winston have.");
}
/** What is told of an outcome that is no failure, by its code. */
const OUTCOMES = {
    handled: ["info", "webhook handled"],
    already_handled: ["info", "webhook already handled (already_handled)"],
    handed_over: ["info", "webhook handed over (handed_over)"],
    claim_lost: ["warn", "webhook handled too late (claim_lost): its claim had run out, and another worker may have handled it as well"],
    in_progress: ["info", "webhook in progress elsewhere (in_progress)"],
    event_conflict: ["error", "webhook conflict (event_conflict): another event with this id and another body was received before"],
};
function ended(logger, code, event) {
    const [level, text] = OUTCOMES[code] ?? [];
    if (level !== undefined)
        write(logger, level, () => `${text}: ${name(event)}`);
}
/** The kind of the failure alone: the message of a client may hold an address with a password. */
function storeFailed(logger, step, event, error) {
    write(logger, "error", () => `webhook store failed at ${step} (store_unavailable): ${(0, kind_js_1.kindOf)(error)}: ${event ? name(event) : "no event"}`);
}
function lost(logger, event) {
    write(logger, "warn", () => `webhook not given back: its claim had run out: ${name(event)}`);
}
function refused(logger, { code, message, hint, offset, pointer, name: type }) {
    const place = offset !== null ? ` (byte ${offset})` : pointer !== null ? ` (field "${pointer}")` : "";
    write(logger, type === "ConfigurationError" ? "error" : "warn", () => `webhook refused: ${code}: ${message}${place}. ${hint}`);
}
function failed(logger, event, error) {
    write(logger, "error", () => `webhook handler failed: ${event ? name(event) : "before it ran"}\n${trace(error)}`);
}
function hookFailed(logger, error) {
    write(logger, "error", () => `onResult failed\n${trace(error)}`);
}
function gone(logger) {
    write(logger, "info", () => "webhook not received: the sender went away before the end of the body");
}
/** A type can have line breaks in it; the log must not. */
function name({ id, type }) {
    return `${JSON.stringify(type)} ${JSON.stringify(id)}`;
}
/** The stacks of an error and of its causes. Not its other properties, nor a value that is no error: it may be the event. */
function trace(error, depth = 0) {
    const stack = typeof error?.stack === "string" ? error.stack : `a value of type ${typeof error} was thrown, which is no Error`;
    return error?.cause != null && depth < MAX_CAUSES ? `${stack}\ncaused by: ${trace(error.cause, depth + 1)}` : stack;
}
/** A log that cannot be written to, or an error that cannot be read, changes no answer. */
function write(logger, level, text) {
    try {
        logger[level](text());
    }
    catch {
        // There is no other place to tell it.
    }
}
