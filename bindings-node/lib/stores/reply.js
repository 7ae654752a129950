"use strict";

const { randomBytes } = require("node:crypto");
const native = require("../native.js");

class UnknownReplyError extends Error {}

/** What the core makes of a store's reply to a claim: the attempt, a number; or what to answer. */
function readReply(reply) {
  const verdict = Array.isArray(reply) ? native.readClaim(...reply) : undefined;
  if (verdict === undefined) throw new UnknownReplyError("the store gave a reply that is none");
  return verdict;
}

/** Nobody can guess it, and no clock is needed for it. */
function newToken() {
  return randomBytes(16).toString("hex");
}

module.exports = { newToken, readReply };
