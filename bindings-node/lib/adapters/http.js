"use strict";

const { RECEIVE_FROM } = require("../internal.js");
const { readRequest } = require("./body.js");
const { checked } = require("./receiver.js");

function httpListener(receiver) {
  checked(receiver);
  return async (request, response) => {
    const read = (tooLarge) => readRequest(request, tooLarge);
    const { status, headers, body } = await receiver[RECEIVE_FROM](read, request.headers["payvost-signature"]);
    if (response.headersSent) return; // a middleware has lost its patience
    response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
    response.end(body);
  };
}

module.exports = { httpListener };
