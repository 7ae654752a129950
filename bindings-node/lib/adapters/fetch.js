"use strict";

const { RECEIVE_FROM } = require("../internal.js");
const { readWebRequest } = require("./body.js");
const { checked } = require("./receiver.js");

function fetchHandler(receiver) {
  checked(receiver);
  return async (request) => {
    const read = (tooLarge) => readWebRequest(request, tooLarge);
    const { status, headers, body } = await receiver[RECEIVE_FROM](read, request.headers.get("payvost-signature"));
    return new Response(body, { status, headers });
  };
}

module.exports = { fetchHandler };
