"use strict";

// What the parts of this package say to each other, and nobody else can.

/** The method of a verifier that gives the verdict as the native half has it. */
const CHECK = Symbol("check");

/** The method of a receiver that reads the body itself, up to the limit. */
const RECEIVE_FROM = Symbol("receiveFrom");

// The modes of `check`, see src/receiver.rs.
const RECEIVE = 1;
const CHECK_LENGTH = 2;
const MATCHING_SECRET = 3;

module.exports = { CHECK, RECEIVE_FROM, RECEIVE, CHECK_LENGTH, MATCHING_SECRET };
