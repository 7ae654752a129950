// Stores behind a real PgBouncer in transaction mode, where the next statement can meet another server connection.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { deliveryOf, recording } from "../test-support/deliveries.mjs";
import { startService } from "../test-support/services.mjs";
import { openStore } from "../test-support/stores.mjs";

const EVENTS = 24;
const COPIES = 4;
/** Connections prepare their statements from the sixth on. */
const ROUNDS = 4;

describe("PgBouncer", () => {
  let [postgres, bouncer] = [];
  before(async () => {
    postgres = await startService("postgres");
    bouncer = await startService("pgbouncer", postgres.port);
  });
  after(async () => {
    await bouncer?.remove();
    await postgres?.remove();
  });

  for (const name of ["postgres", "postgres inbox"]) {
    test(`${name}: events that arrive several times at once take effect once`, async () => {
      const own = name.replace(" ", "_");
      const { store, end } = await openStore(name, bouncer.url, { table: own, prefix: own });
      try {
        const handled = [];
        const { receiver, logged } = recording(store, ({ id }) => void handled.push(id));
        const ids = Array.from({ length: EVENTS }, (_, event) => `evt_${event}`);
        const statuses = new Set();
        for (let round = 0; round < ROUNDS; round++) {
          const answers = ids.flatMap((id) => Array.from({ length: COPIES }, () => receiver.receive(...deliveryOf(id))));
          for (const { status } of await Promise.all(answers)) statuses.add(status);
        }
        assert.deepEqual([[...statuses].filter((status) => status !== 200 && status !== 409), logged("error")], [[], []]);
        assert.deepEqual(handled.sort(), ids.sort());
      } finally {
        await end();
      }
    });
  }
});
