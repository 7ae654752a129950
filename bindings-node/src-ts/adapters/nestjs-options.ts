/** The options of the module for NestJS. */

import type { Secret } from "../arguments.js";
import type { WebhookReceiverOptions } from "../receiver.js";
import type { WebhookVerifier } from "../verifier.js";

type Secrets = WebhookVerifier | Secret | readonly Secret[] | null | undefined;

/** Options of the module: those of a `WebhookReceiver`, and these. Records go to Nest's logger by default. */
export interface PayvostWebhooksOptions extends WebhookReceiverOptions {
  /** The secret, or several during a rotation, or a verifier; or a function that returns it for a request: that of a tenant, for example. */
  secret: Secrets | ((request: any) => Secrets | Promise<Secrets>);
}

/** Where the route is. */
export interface PayvostWebhooksPath {
  /** The path of the route, without a global prefix. Default: `/webhooks/payvost`. */
  path?: string | undefined;
}

/** Options that Nest finds when the application starts. */
export interface PayvostWebhooksAsyncOptions extends PayvostWebhooksPath {
  /** Modules whose providers the factory needs. */
  imports?: any[] | undefined;
  /** What the factory is called with. */
  inject?: any[] | undefined;
  /** Returns the options. */
  useFactory: (...values: any[]) => PayvostWebhooksOptions | Promise<PayvostWebhooksOptions>;
}
