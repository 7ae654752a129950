// The steps of the stores in an SQL database.

import { lettersOf } from "./driving.js";
import { misuse } from "../errors.js";
import type { Transact } from "./drivers/driver.js";
import { OpenTransaction } from "./drivers/transactions.js";
import type { Limit } from "./limit.js";
import type { ClaimStep, ClaimSteps, StepTime } from "./steps.js";
import { SqlSession, type Table, type Values } from "./table.js";

/** Each step is a short transaction of its own. */
export function leaseSteps(table: Table): ClaimSteps {
  const run = async (work: string, values: object, time: StepTime) => (await table.run(work, values as Values, time as Limit))[0];
  return {
    claim: (step, time) => run("claim", valuesOf(step), time),
    extend: (step, time) => run("extend", step, time),
    complete: (step, time) => run("complete", step, time),
    release: (step, time) => run("release", step, time),
    take: (step, time) => run("take", step, time),
    ...commonSteps(table),
  };
}

/** The steps of an inbox, and those for a transaction of the caller's. */
export interface InboxSteps extends ClaimSteps {
  /** For one delivery: it is claimed in the transaction that this function opens, and completed before that commits. */
  joining(transact: Transact): ClaimSteps;
}

/** The claim begins a transaction, which lasts until the completion or the release. */
export function inboxSteps(table: Table, notesAttempts: boolean): InboxSteps {
  const enter = async (session: SqlSession, time: Limit) => session.start("enter", time, notesAttempts);
  return {
    ...stepsFrom(table, enter),
    joining(transact) {
      const { transactions } = table.driver;
      if (transactions === undefined) {
        throw misuse("the inbox cannot join a transaction of this pool", "Pass an ORM, postgres.js or PGlite to the inbox. With this pool, handlers write through claim.connection.");
      }
      return stepsFrom(table, async (session, time) => {
        const transaction = new OpenTransaction(transactions, transact, () => {});
        await transaction.begun;
        try {
          const reply = await session.join(transaction, time);
          if (!session.isKept) transaction.leave();
          return reply;
        } catch (error) {
          transaction.destroy();
          throw error;
        }
      });
    },
  };
}

function stepsFrom(table: Table, enter: (session: SqlSession, time: Limit) => Promise<any>): ClaimSteps {
  const open = new Map<string, SqlSession>();
  /** Continues the transaction of a claim, if it is still open. */
  const then = async (work: string, token: string, time: StepTime, values?: Values) => {
    const session = open.get(token);
    try {
      return (await session?.then(work, time as Limit, values)) ?? false;
    } finally {
      if (!session?.isKept) open.delete(token);
    }
  };
  return {
    inbox: true,
    async claim(step, time) {
      const session = new SqlSession(table, valuesOf(step));
      const reply = await enter(session, time as Limit);
      if (!session.isKept) return reply;
      open.set(step.token, session);
      // The receiver has stopped waiting, so nothing else would end the transaction.
      if ((time as Limit).over) await then("abandon", step.token, time);
      return [...reply, session.lend()];
    },
    extend: ({ token }, time) => then("renew", token, time),
    complete: ({ token }, time) => then("leave", token, time),
    release: ({ token, error }, time) => then("fail", token, time, { error }),
    ...commonSteps(table),
  };
}

function commonSteps(table: Table): Pick<ClaimSteps, "discard" | "deadLetters" | "delivery"> {
  return {
    discard: async (step, time) => (await table.run("discard", step, time as Limit))[0] as boolean,
    async deadLetters({ limit, openKey }, time) {
      const [, rows] = await table.run("dead_letters", { limit, open_key: openKey }, time as Limit);
      return lettersOf(rows);
    },
    async delivery({ key }, time) {
      const [, [row]] = await table.run("delivery", { key }, time as Limit);
      return row ? { payload: row[0] as Uint8Array, signature: String(row[1]) } : null;
    },
  };
}

/** The values under the names that the core uses. */
function valuesOf({ eventType, ...step }: ClaimStep): Values {
  return { ...step, event_type: eventType };
}
