// The types of claims by the store that they come from.

import type { WebhookClaim } from "./claim.js";

/**
 * The claim that a handler receives with a store: in an inbox with the connection of its client, without a store none.
 *
 * @example
 * ```ts
 * const inbox = new SqlInbox(new Pool());
 * const router = new WebhookRouter<ClaimOf<typeof inbox>>().on("payment.succeeded", async (event, claim) => {
 *   await claim.connection.query("INSERT INTO payments VALUES ($1)", [event.data.id]); // a PoolClient of pg
 * });
 * new WebhookReceiver(process.env.WEBHOOK_SECRET, router, { store: inbox });
 * ```
 */
export type ClaimOf<Store> = Store extends null | undefined
  ? undefined
  : Store extends { readonly pool: infer Pool }
    ? WebhookClaim<ConnectionOf<Pool>>
    : WebhookClaim<unknown>;

/** The connection that an inbox takes from a pool; of SQLite the database itself. */
export type ConnectionOf<Pool> = Pool extends { prepare(sql: string): any; exec(sql: string): any }
  ? Pool
  : Pool extends { promise(): { getConnection(): Promise<infer Connection> } }
    ? Connection
    : Pool extends { getConnection(): Promise<infer Connection> }
      ? Connection
      : Pool extends { connect: { (): Promise<infer Connection>; (callback: any): any } }
        ? Connection
        : any;
