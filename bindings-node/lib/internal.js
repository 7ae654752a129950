"use strict";
// What the parts of this package say to each other, and nobody else can.
Object.defineProperty(exports, "__esModule", { value: true });
exports.INNER = exports.PROCESS = exports.HAS = exports.RECEIVE_FROM = exports.NATIVE = void 0;
/** The native functions of a verifier. */
exports.NATIVE = Symbol("native");
/** The method of a receiver that reads the body itself, up to the limit. */
exports.RECEIVE_FROM = Symbol("receiveFrom");
/** The method of a router that tells whether it has a handler for a type. */
exports.HAS = Symbol("has");
/** The method of a store that has an event handled under a claim. */
exports.PROCESS = Symbol("process");
/** What a store is set to, and its steps under their time limit. */
exports.INNER = Symbol("inner");
