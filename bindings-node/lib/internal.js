"use strict";

// What the parts of this package say to each other, and nobody else can.

/** The method of a verifier that gives the verdict as the native half has it. */
const CHECK = Symbol("check");

/** The method of a receiver that reads the body itself, up to the limit. */
const RECEIVE_FROM = Symbol("receiveFrom");

/** The method of a router that tells whether it has a handler for a type. */
const HAS = Symbol("has");

/** The method of a store that has an event handled under a claim. */
const PROCESS = Symbol("process");

/** What a store is set to, and its steps under their time limit. */
const INNER = Symbol("inner");

// The modes of `check`, see src/receiver.rs.
const RECEIVE = 1;
const CHECK_LENGTH = 2;
const MATCHING_SECRET = 3;
const RECEIVE_TO_CLAIM = 4;
const RECEIVE_KEPT = 5;

module.exports = {
  CHECK,
  RECEIVE_FROM,
  HAS,
  PROCESS,
  INNER,
  RECEIVE,
  CHECK_LENGTH,
  MATCHING_SECRET,
  RECEIVE_TO_CLAIM,
  RECEIVE_KEPT,
};
