// A small server of the management API, which keeps its webhooks in memory.
import { once } from "node:events";
import { createServer } from "node:http";

/** Starts it. Returns its URL, the requests that arrived, the webhooks, and a function that stops it. */
export async function startApi(respond = () => undefined) {
  const [requests, webhooks] = [[], new Map()];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
    const arrived = { method: request.method, path: request.url, headers: request.headers, port: request.socket.remotePort, body };
    requests.push(arrived);
    response.setHeader("Content-Type", "application/json");
    response.setHeader("X-Request-Id", `req_${requests.length}`);
    response.setHeader("X-RateLimit-Limit", "100");
    response.setHeader("X-RateLimit-Remaining", String(100 - requests.length));
    if ((await respond(arrived, response)) !== undefined) return;
    const [status, answer] = answerOf(webhooks, arrived);
    response.statusCode = status;
    response.end(JSON.stringify(answer));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    webhooks,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function answerOf(webhooks, { method, path, body }) {
  const { pathname, searchParams } = new URL(path, "http://localhost");
  const [, , resource, id, action] = pathname.split("/");
  const webhook = webhooks.get(id);
  if (resource !== "webhooks") return success({ now: "2025-11-01T12:00:00Z" });
  if (id === undefined) return method === "POST" ? success(created(webhooks, body)) : success(...page([...webhooks.values()], searchParams));
  if (webhook === undefined) return failure(404, "not_found", "no such webhook");
  switch (`${method} ${action ?? ""}`) {
    case "PATCH ":
      Object.assign(webhook, body);
      return success(webhook);
    case "DELETE ":
      webhooks.delete(id);
      return success(webhook);
    case "POST rotate-secret":
      return success({ id, secret: "whsec_rotated" });
    case "POST test":
      return success(attempt(body.eventType));
    case "GET logs":
      return success(...page([attempt("payment.failed"), attempt("payment.succeeded")], searchParams));
    default:
      return success(webhook);
  }
}

function created(webhooks, body) {
  const webhook = { id: `webhook_${webhooks.size + 1}`, enabled: true, ...body };
  webhooks.set(webhook.id, webhook);
  return { ...webhook, secret: "whsec_created" };
}

function attempt(type) {
  return { event: { id: "evt_1", type }, status: "failed", responseCode: 500, responseBody: "out of order" };
}

function page(entries, parameters) {
  const [offset, limit] = [Number(parameters.get("offset") ?? 0), Number(parameters.get("limit") ?? 20)];
  return [entries.slice(offset, offset + limit), { total: entries.length }];
}

function success(data, more) {
  return [200, { success: true, data, ...more }];
}

function failure(status, code, message) {
  return [status, { success: false, error: { code, message } }];
}
