"use strict";

// Loaded before a program: tells the test where it listens.
const { Server } = require("node:net");

const { listen } = Server.prototype;

Server.prototype.listen = function (...args) {
  this.once("listening", () => process.send?.(this.address().port));
  return listen.apply(this, args);
};
