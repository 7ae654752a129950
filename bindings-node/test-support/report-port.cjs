"use strict";

// Loaded before a program: reports its port to the test.
const { Server } = require("node:net");

const { listen } = Server.prototype;

Server.prototype.listen = function (...args) {
  this.once("listening", () => process.send?.(this.address().port));
  return listen.apply(this, args);
};
