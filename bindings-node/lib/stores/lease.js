"use strict";

const { WebhookClaim } = require("./claim.js");
const { kindOf } = require("./kind.js");
const { newToken, readReply } = require("./reply.js");

/** Claims, handles and completes: `PROCESS` of a store whose claims are leases. */
async function underLease({ steps, claimed, limited, lease, remember, openKey }, request, handle, tell) {
  const { key } = request;
  const token = newToken();
  let verdict;
  try {
    // Whoever waits no longer gives the event back, so that the next delivery need not wait for the lease.
    const late = ([word]) => word === "claimed" && claimed.release(key, token, "StoreTimeoutError");
    verdict = readReply(await limited((time) => steps.claim({ ...request, token, lease, remember, openKey }, time), late));
  } catch (error) {
    tell.storeFailed("claim", error);
    return "store_unavailable";
  }
  if (typeof verdict !== "number") return verdict;

  const claim = new WebhookClaim(claimed, key, token, verdict);
  try {
    await handle(claim);
  } catch (error) {
    tell.failed(error);
    await giveBack(claimed, claim, error, tell);
    return "handler_failed";
  }
  if (claim.handedOver) return "handed_over";
  try {
    return (await claimed.complete(key, token)) ? "handled" : "claim_lost";
  } catch (error) {
    tell.storeFailed("complete", error);
    return "store_unavailable";
  }
}

async function giveBack(claimed, { key, token }, error, tell) {
  try {
    if (!(await claimed.release(key, token, kindOf(error)))) tell.lost();
  } catch (failure) {
    tell.storeFailed("release", failure);
  }
}

module.exports = { underLease };
