// A claim, as the handler of an event has it, and as the worker of a queue has it afterwards.

import { misuse } from "../errors.js";
import type { Claims } from "./claims.js";
import { kindOf } from "./faults.js";

/** What a handler is given as its second argument, when the receiver has a store. */
export interface WebhookClaim<Connection = any> {
  /** The key of the claim, such as `webhook:evt_1`. */
  readonly key: string;
  /** What shows that the claim is this worker's: 32 hexadecimal digits. */
  readonly token: string;
  /** How often the event has been claimed, this time included. More than 1: an earlier worker failed, died or was too slow. */
  readonly attempt: number;
  /**
   * With a `SqlInbox`: the connection whose transaction the claim is part of, a `PoolClient` of pg, a `PoolConnection` of
   * mysql2/promise, or the SQLite database. What is written through it takes effect exactly when the event counts as handled.
   */
  readonly connection: Connection;
  /**
   * Makes the claim hold for so long from now. In an inbox it holds as long as its transaction.
   *
   * @param seconds From 1 to 86 400. Default: the store's `leaseSeconds`.
   * @returns Whether the claim is still this worker's. When it is not, another worker may be handling the event: stop.
   */
  extend(seconds?: number): Promise<boolean>;
  /**
   * Leaves the event to the worker of a queue. The receiver then answers 200 and does not complete; if the handler fails after this, the
   * event is given back as usual.
   *
   * @returns What to put on the queue beside the event: a plain object of two texts, for `store.take`.
   * @throws When the claim is no longer this worker's, and with an inbox.
   */
  handOver(options?: {
    /** For how long the worker has it, from now: as long as the queue may take. Default: what is left of the lease. */
    leaseSeconds?: number | undefined;
  }): Promise<ClaimTicket>;
}

/** A claim on its way through a queue. */
export interface ClaimTicket {
  /** The key of the claim. */
  key: string;
  /** What shows whose it is. */
  token: string;
}

/** A claim that the worker of a queue has. Everything gives whether the claim was still this worker's. */
export interface HandedOverClaim {
  /** The key of the claim. */
  readonly key: string;
  /** Makes it hold for so long from now, in seconds. Default: the store's `leaseSeconds`. */
  extend(seconds?: number): Promise<boolean>;
  /** Notes that the event is handled. */
  complete(): Promise<boolean>;
  /** Gives the event back: the next delivery is handled. Of the error, the name of its class is kept; a text is taken for such a name. */
  release(error?: unknown): Promise<boolean>;
}

/**
 * What became of the attempt to take a ticket. `claimed`: do the work, and complete the claim; `attempt` is how often the event has been tried.
 * `in_progress`: another worker has taken it, put the job back. `done`: the event is handled, and `lost`: a later delivery has claimed it, or it is
 * forgotten; drop the job.
 */
export type TakenTicket = TicketClaimed | TicketInProgress | TicketOver;

/** The claim is this worker's. */
export interface TicketClaimed {
  /** Handle the event. */
  state: "claimed";
  /** To complete, release or extend. */
  claim: HandedOverClaim;
  /** How often the event has been tried, this time included. */
  attempt: number;
}

/** Another worker has taken the same ticket. */
export interface TicketInProgress {
  /** Put the job back. */
  state: "in_progress";
  /** When the other worker's lease is over, in seconds. */
  waitSeconds: number;
}

/** There is nothing left to do. */
export interface TicketOver {
  /** `done`: the event is handled. `lost`: a later delivery has claimed it, or it is forgotten. */
  state: "done" | "lost";
}

/** What a handler is given beside the event. */
export class HeldClaim implements WebhookClaim {
  readonly #claims: Claims;
  readonly #ticket: ClaimTicket;
  readonly #attempt: number;
  readonly #connection: unknown;
  #handedOver = false;

  /** A claim of an inbox has a connection. */
  constructor(claims: Claims, key: string, token: string, attempt: number, connection: unknown) {
    this.#claims = claims;
    this.#ticket = { key, token };
    this.#attempt = attempt;
    this.#connection = connection;
  }

  get key(): string {
    return this.#ticket.key;
  }

  get token(): string {
    return this.#ticket.token;
  }

  get attempt(): number {
    return this.#attempt;
  }

  get connection(): any {
    return this.#connection;
  }

  /** For the receiver. */
  get handedOver(): boolean {
    return this.#handedOver;
  }

  async extend(seconds?: number): Promise<boolean> {
    return this.#claims.extend(this.key, this.token, seconds);
  }

  async handOver({ leaseSeconds }: { leaseSeconds?: number | undefined } = {}): Promise<ClaimTicket> {
    refuseInbox(this.#claims);
    if (leaseSeconds !== undefined && !(await this.extend(leaseSeconds))) {
      throw new Error("the claim is no longer this worker's, so it cannot be handed over");
    }
    this.#handedOver = true;
    return { ...this.#ticket };
  }
}

function refuseInbox({ isInbox }: Claims): void {
  if (!isInbox) return;
  throw misuse(
    "a claim of an inbox cannot be handed over",
    "It ends with the transaction. Write the event to a table of jobs through claim.connection, or use a store with leases.",
  );
}

/** What the worker of a queue makes of its ticket. */
export class ClaimOfTicket implements HandedOverClaim {
  readonly #claims: Claims;
  readonly #key: string;
  readonly #token: string;

  constructor(claims: Claims, ticket: ClaimTicket) {
    refuseInbox(claims);
    const { key, token }: Partial<ClaimTicket> = ticket ?? {};
    if (typeof key !== "string" || typeof token !== "string") {
      throw misuse("ticket must be the ticket of a claim", "Pass what claim.handOver() has returned.");
    }
    this.#claims = claims;
    this.#key = key;
    this.#token = token;
  }

  get key(): string {
    return this.#key;
  }

  get ticket(): ClaimTicket {
    return { key: this.#key, token: this.#token };
  }

  async extend(seconds?: number): Promise<boolean> {
    return this.#claims.extend(this.#key, this.#token, seconds);
  }

  async complete(): Promise<boolean> {
    return (await this.#claims.complete(this.#key, this.#token)) === true;
  }

  async release(error?: unknown): Promise<boolean> {
    return this.#claims.release(this.#key, this.#token, typeof error === "string" ? error : kindOf(error));
  }
}
