"use strict";

const { httpListener } = require("./http.js");

function expressHandler(receiver) {
  const listener = httpListener(receiver);
  return (request, response, next) => {
    listener(request, response).catch(next);
  };
}

module.exports = { expressHandler };
