/**
 * Receives webhooks with Hapi.
 *
 * @module @payvost/webhooks/hapi
 */
import { type ReceiverFor } from "./receiver.js";
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
export declare const hapiPlugin: {
    /** The name of the plugin. */
    name: string;
    /** Each registration has a route of its own. */
    multiple: boolean;
    /** Adds the route. */
    register(server: any, { receiver, path }: HapiPluginOptions): Promise<void>;
};
