"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.readReply = readReply;
exports.newToken = newToken;
const native = require("../native.js");
const node_crypto_1 = require("node:crypto");
class UnknownReplyError extends Error {
}
/** What the core makes of a store's reply to a claim: the attempt, a number; or what to answer. */
function readReply(reply) {
    const verdict = Array.isArray(reply) ? native.readClaim(...reply) : undefined;
    if (verdict === undefined)
        throw new UnknownReplyError("the store gave a reply that is none");
    return verdict;
}
const TOKEN_BYTES = 16;
/** Random bytes, of which to get many at once costs hardly more than to get a few. */
let random = Buffer.alloc(0);
/** Nobody can guess it, and no clock is needed for it. */
function newToken() {
    if (random.length === 0)
        random = (0, node_crypto_1.randomBytes)(256 * TOKEN_BYTES);
    const token = random.toString("hex", 0, TOKEN_BYTES);
    random = random.subarray(TOKEN_BYTES);
    return token;
}
