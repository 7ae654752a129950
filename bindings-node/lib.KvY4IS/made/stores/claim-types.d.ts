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
export type ClaimOf<Store> = Store extends null | undefined ? undefined : Store extends {
    readonly pool: infer Pool;
} ? WebhookClaim<ConnectionOf<Pool>> : WebhookClaim<unknown>;
/** The transaction that an inbox on an ORM can join. */
export type TransactionOf<Store> = Store extends {
    readonly pool: infer Pool;
} ? ConnectionOf<Pool> : any;
/**
 * What the handler of an inbox receives: the connection that the inbox takes from a pool, the database itself for SQLite, and with an ORM its
 * transaction.
 */
export type ConnectionOf<Pool> = TransactionOfOrm<Pool>;
type TransactionOfOrm<Pool> = Pool extends {
    $transaction: infer Transaction;
    $queryRawUnsafe: unknown;
} ? Transaction extends (run: (transaction: infer Client) => any, ...options: any[]) => any ? Client : any : Pool extends {
    createQueryRunner(...values: any[]): any;
    readonly manager: infer Manager;
} ? Manager : Pool extends {
    transactionProvider(...values: any[]): () => Promise<infer Transaction>;
} ? Transaction : Pool extends {
    transaction(): {
        execute(run: (transaction: infer Transaction) => any): any;
    };
} ? Transaction : Pool extends {
    begin(options: string, run: (transaction: infer Transaction) => any): any;
} ? Transaction : Pool extends {
    readonly $client: {
        prepare(sql: string): any;
        exec(sql: string): any;
    };
} ? Pool : Pool extends {
    transaction(run: (transaction: infer Transaction) => any, ...options: any[]): any;
} ? Transaction : ConnectionOfPool<Pool>;
type ConnectionOfPool<Pool> = Pool extends {
    prepare(sql: string): any;
    exec(sql: string): any;
} ? Pool : Pool extends {
    promise(): {
        getConnection(): Promise<infer Connection>;
    };
} ? Connection : Pool extends {
    getConnection(): Promise<infer Connection>;
} ? Connection : Pool extends {
    connect: {
        (): Promise<infer Connection>;
        (callback: any): any;
    };
} ? Connection : any;
export {};
