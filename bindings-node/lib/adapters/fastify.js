"use strict";

const { RECEIVE_FROM } = require("../internal.js");
const { readStream } = require("./body.js");
const { checked } = require("./receiver.js");

const EMPTY = { body: "" };

async function fastifyPlugin(fastify, { receiver }) {
  checked(receiver);
  // Only inside of this plugin: the rest of the application goes on parsing.
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser("*", (request, stream, done) => done(null, stream));

  fastify.post("/", async ({ body: stream, headers }, reply) => {
    const read = async (tooLarge) => (stream ? readStream(stream, headers, tooLarge) : EMPTY);
    const { status, headers: fields, body } = await receiver[RECEIVE_FROM](read, headers["payvost-signature"]);
    return reply.code(status).headers(fields).send(body);
  });
}

module.exports = { fastifyPlugin };
