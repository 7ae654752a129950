"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.underLease = underLease;
const claim_js_1 = require("./claim.js");
const kind_js_1 = require("./kind.js");
const reply_js_1 = require("./reply.js");
/** Claims, handles and completes: `PROCESS` of a store whose claims are leases. */
async function underLease({ steps, claimed, limited, lease, remember, openKey }, request, handle, tell) {
    const { key } = request;
    const token = (0, reply_js_1.newToken)();
    let verdict;
    try {
        // Whoever waits no longer gives the event back, so that the next delivery need not wait for the lease.
        const late = ([word]) => word === "claimed" && claimed.release(key, token, "StoreTimeoutError");
        verdict = (0, reply_js_1.readReply)(await limited((time) => steps.claim({ ...request, token, lease, remember, openKey }, time), late));
    }
    catch (error) {
        tell.storeFailed("claim", error);
        return "store_unavailable";
    }
    if (typeof verdict !== "number")
        return verdict;
    const claim = new claim_js_1.HeldClaim(claimed, key, token, verdict);
    try {
        await handle(claim);
    }
    catch (error) {
        tell.failed(error);
        await giveBack(claimed, claim, error, tell);
        return "handler_failed";
    }
    if (claim.handedOver)
        return "handed_over";
    try {
        return (await claimed.complete(key, token)) ? "handled" : "claim_lost";
    }
    catch (error) {
        tell.storeFailed("complete", error);
        return "store_unavailable";
    }
}
async function giveBack(claimed, { key, token }, error, tell) {
    try {
        if (!(await claimed.release(key, token, (0, kind_js_1.kindOf)(error))))
            tell.lost();
    }
    catch (failure) {
        tell.storeFailed("release", failure);
    }
}
