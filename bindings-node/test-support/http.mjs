// Ill-behaved requests over real connections.
import { once } from "node:events";
import { Server, createServer, request as open } from "node:http";

/** Starts a server on a free port until the end of the test. Returns its origin. */
export async function serve(context, listenerOrServer) {
  const server = listenerOrServer instanceof Server ? listenerOrServer : createServer(listenerOrServer);
  if (!server.listening) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }
  context.after(() => server.close());
  return `http://127.0.0.1:${server.address().port}`;
}

/** A POST that has been opened and whose body the caller writes. */
export function post(url, headers = {}) {
  const { host } = new URL(url);
  // As a list, headers are sent unchanged, even duplicates.
  const all = { Host: host, Connection: "keep-alive", "Content-Type": "application/json", ...headers };
  const list = Object.entries(all).flatMap(([name, values]) => [values].flat().flatMap((value) => [name, value]));
  const request = open(url, { method: "POST", agent: false, headers: list });
  const answer = new Promise((resolve, reject) => {
    request.on("error", reject).on("response", async (response) => {
      const { socket } = response;
      const parts = await response.toArray();
      if (request.writableFinished) socket.destroy();
      resolve({ status: response.statusCode, type: response.headers["content-type"]?.split(";")[0], body: Buffer.concat(parts).toString() });
    });
  });
  answer.catch(() => {}); // the caller gets the error when it awaits the promise
  return { request, answer };
}

/** A whole POST. Returns `{ status, type, body }`. */
export async function deliver(url, body, headers = {}) {
  const { request, answer } = post(url, { "Content-Length": String(Buffer.byteLength(body)), ...headers });
  request.end(body);
  return answer;
}

/** The response to a handled event. */
export const RECEIVED = { status: 200, type: "application/json", body: '{"received":true}' };

/** The essence of a response that `deliver` returns for a rejected delivery. */
export function refusalOf({ status, type, body }) {
  return { status, type, code: JSON.parse(body).error.code };
}

export const refusal = (status, code) => ({ status, type: "application/json", code });
