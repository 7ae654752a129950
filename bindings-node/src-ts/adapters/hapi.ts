/**
 * Receives webhooks with Hapi.
 *
 * @module @payvost/webhooks/hapi
 */

import type { Read } from "../internal.js";
import { readStream } from "./body.js";
import { receiving, type ReceiverFor } from "./receiver.js";

const EMPTY: Read = ["", "reached"];

/** Options of the plugin. */
export interface HapiPluginOptions<Request = any> {
  /** Verifies and handles the deliveries. */
  receiver: ReceiverFor<Request>;
  /** The path of the route. Default: `/webhooks/payvost`. */
  path?: string | undefined;
}

/**
 * A plugin that receives deliveries at a path. Register it again for another path.
 *
 * Hapi does not parse the body of this route: the plugin reads it as raw bytes, up to the limit of the verifier. It responds with 405 to a method
 * other than `POST`.
 *
 * @example
 * ```ts
 * await server.register({ plugin: hapiPlugin, options: { receiver, path: "/webhooks/payvost" } });
 * ```
 */
export const hapiPlugin = {
  /** The name of the plugin. */
  name: "payvost-webhooks",
  /** Each registration has a route of its own. */
  multiple: true,
  /** Adds the route. */
  async register(server: any, { receiver, path = "/webhooks/payvost" }: HapiPluginOptions): Promise<void> {
    const receive = receiving(receiver);
    const payload = { output: "stream", parse: false, maxBytes: Number.MAX_SAFE_INTEGER, timeout: false };
    server.route({
      method: "*",
      path,
      // The signature authenticates the sender.
      options: { auth: false, payload, plugins: { crumb: false } },
      async handler(request: any, toolkit: any) {
        const { status, headers, body } = await receive(request, {
          method: request.method.toUpperCase(),
          contentLength: request.headers["content-length"],
          transferEncoding: request.headers["transfer-encoding"],
          signature: request.headers["payvost-signature"],
          read: (limit) => (request.payload ? readStream(request.payload, limit) : EMPTY),
        });
        const response = toolkit.response(body).code(status);
        for (const [name, value] of Object.entries(headers)) response.header(name, value);
        return response;
      },
    });
  },
};
