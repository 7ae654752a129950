// The responses, logs and results of a receiver with a store: the same with each store.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { WebhookRouter, WebhookVerifier } from "@payvost/webhooks";
import { SECRET, deliveryOf, gate, recording } from "../test-support/deliveries.mjs";
import { STORES, eachStore, run } from "../test-support/stores.mjs";

const RECEIVED = '{"received":true}';
const LEASE_OVER = 1_150;

class CardError extends Error {}

eachStore(Object.keys(STORES), (name, open) => {
  const isInbox = name.endsWith("inbox");

  test("an event takes effect once, and is handled again only after a failure", async () => {
    const { store } = await open();
    const calls = [];
    let failing = true;
    const { receiver, codes, logged } = recording(store, (event, claim) => {
      calls.push([event.id, claim.attempt]);
      if (failing) throw new CardError("card 4242 of customer@example.com");
    });
    const delivery = deliveryOf("evt_1");
    assert.equal((await receiver.receive(...delivery)).status, 500);
    failing = false;
    assert.deepEqual(await receiver.receive(...delivery), { status: 200, headers: { "content-type": "application/json" }, body: RECEIVED });
    assert.deepEqual(await receiver.receive(...delivery), { status: 200, headers: { "content-type": "application/json" }, body: RECEIVED });
    assert.deepEqual(codes, ["handler_failed", "handled", "already_handled"]);
    assert.deepEqual(calls, [["evt_1", 1], ["evt_1", 2]]);
    assert.equal(logged("error").length, 1);
    assert.equal(logged("info")[1], "webhook event already handled: payment.succeeded evt_1");
  });

  test("during handling, other deliveries get 409 with Retry-After", { skip: name === "sqlite inbox" && "there is one writer at a time" }, async () => {
    const { store } = await open();
    const { open: finish, opened: finished } = gate();
    const { open: start, opened: started } = gate();
    const { receiver, codes } = recording(store, () => (start(), finished));
    const delivery = deliveryOf("evt_1");
    const first = receiver.receive(...delivery);
    await started;
    const { status, headers, body } = await receiver.receive(...delivery);
    assert.deepEqual([status, JSON.parse(body).error.code], [409, "in_progress"]);
    const wait = Number(headers["retry-after"]);
    assert.ok(isInbox ? wait === 1 : wait > 50 && wait <= 60, `${wait}`);
    finish();
    assert.equal((await first).status, 200);
    assert.deepEqual(codes, ["in_progress", "handled"]);
  });

  test("another event with the same id is a conflict", async () => {
    const { store } = await open();
    const { receiver, codes, logged } = recording(store, () => {});
    await receiver.receive(...deliveryOf("evt_1"));
    const answer = await receiver.receive(...deliveryOf("evt_1", { data: { amount: "1.00" } }));
    assert.deepEqual([answer.status, JSON.parse(answer.body).error.code, answer.headers["retry-after"]], [409, "event_conflict", undefined]);
    assert.deepEqual(codes, ["handled", "event_conflict"]);
    assert.equal(logged("error")[0], "another webhook event with this id and a different body was received before: payment.succeeded evt_1");
  });

  test("a test event does not hide a live one", async () => {
    const { store } = await open();
    const { receiver, codes } = recording(store, () => {});
    await receiver.receive(...deliveryOf("evt_1", { liveMode: false }));
    await receiver.receive(...deliveryOf("evt_1"));
    assert.deepEqual(codes, ["handled", "handled"]);
  });

  test("an event without a handler needs no claim", async () => {
    const { store } = await open();
    const first = recording(store, new WebhookRouter().on("user.*", () => assert.fail()));
    assert.equal((await first.receiver.receive(...deliveryOf("evt_1"))).status, 200);
    const second = recording(store, new WebhookRouter().on("payment.*", (_event, claim) => assert.equal(claim.attempt, 1)));
    await second.receiver.receive(...deliveryOf("evt_1"));
    assert.deepEqual([first.codes, second.codes], [["unhandled"], ["handled"]]);
  });

  test("rejected deliveries do not reach the store", async () => {
    const { store } = await open();
    const { receiver, codes } = recording(store, () => assert.fail());
    assert.equal((await receiver.receive(deliveryOf("evt_1")[0], "0".repeat(64))).status, 400);
    assert.deepEqual(codes, ["signature_mismatch"]);
    assert.deepEqual(await store.deadLetters(), []);
  });

  test("a dead letter is listed with the class of its error, and can be handled again much later", async () => {
    const { store } = await open();
    // A stored delivery grows old; its age was checked when it arrived.
    const createdAt = new Date(Date.now() - 400).toISOString();
    const verifier = new WebhookVerifier([SECRET, "whsec_next"], { toleranceSeconds: 1 });
    let failing = true;
    const { receiver, codes, records } = recording(
      store,
      ({ data }, { attempt }) => {
        if (failing) throw new CardError(`${data.amount} ${attempt}`);
        assert.equal(attempt, 2);
      },
      verifier,
    );
    const delivery = deliveryOf("evt_1", { createdAt });
    await receiver.receive(...delivery);
    const [letter, ...others] = await store.deadLetters();
    const { key, ageSeconds, ...rest } = letter;
    assert.deepEqual([others, rest], [[], { eventType: "payment.succeeded", reason: "failed", attempts: 1, error: "CardError" }]);
    assert.ok(key.endsWith(":evt_1") && ageSeconds >= 0 && ageSeconds < 30, `${key} ${ageSeconds}`);
    const { payload, signature } = await store.delivery(key);
    assert.deepEqual([Buffer.from(payload).toString(), signature], delivery);

    await sleep(1_000);
    failing = false;
    assert.deepEqual((await receiver.retry(key)).status, 200);
    assert.deepEqual(codes, ["handler_failed", "handled"]);
    assert.deepEqual([await store.deadLetters(), await store.delivery(key), await receiver.retry(key)], [[], null, null]);
    for (const hidden of [SECRET, delivery[1], "customer@example.com"]) assert.ok(!JSON.stringify(records).includes(hidden));
  });

  test("a stored delivery with a retired secret is rejected", async () => {
    const { store } = await open();
    await recording(store, () => Promise.reject(new CardError())).receiver.receive(...deliveryOf("evt_1"));
    const [{ key }] = await store.deadLetters();
    const { receiver, codes } = recording(store, () => assert.fail(), "whsec_next");
    assert.equal((await receiver.retry(key)).status, 400);
    assert.deepEqual(codes, ["signature_mismatch"]);
  });

  test("nothing is stored with keepDeliveries: false", async () => {
    const { store } = await open({ keepDeliveries: false });
    const { receiver } = recording(store, () => Promise.reject(new CardError()));
    await receiver.receive(...deliveryOf("evt_1"));
    const [{ key, error }] = await store.deadLetters();
    assert.deepEqual([error, await store.delivery(key), await receiver.retry(key)], ["CardError", null, null]);
  });

  test("the stored payload is identical to the received one", async () => {
    const { store } = await open();
    const { receiver } = recording(store, () => Promise.reject(new CardError()));
    const [body, signature] = deliveryOf("evt_\u{1f600}", { data: { note: "é\u0000\\ ' \" \u{10ffff}" } });
    await receiver.receive(new TextEncoder().encode(body).buffer, signature);
    const [{ key }] = await store.deadLetters();
    assert.deepEqual(Buffer.from((await store.delivery(key)).payload), Buffer.from(body));
  });

  if (!isInbox) {
    test("a late worker can neither complete nor release its claim", async () => {
      const { store } = await open({ leaseSeconds: 1 });
      for (const [ends, expected] of [[() => {}, ["claim_lost", 200]], [() => { throw new CardError(); }, ["handler_failed", 500]]]) {
        const id = `evt_${expected[0]}`;
        const { open: finish, opened: finished } = gate();
        const { open: start, opened: started } = gate();
        const slow = recording(store, async () => (start(), await finished, ends()));
        const answer = slow.receiver.receive(...deliveryOf(id));
        await started;
        await sleep(LEASE_OVER);
        const next = gate();
        const taken = gate();
        const second = recording(store, async (_event, claim) => {
          await claim.extend(60);
          taken.open(claim.attempt);
          await next.opened;
        });
        const secondAnswer = second.receiver.receive(...deliveryOf(id));
        assert.equal(await taken.opened, 2);
        finish();
        assert.deepEqual([(await answer).status, slow.codes], [expected[1], [expected[0]]]);
        const record = slow.records.at(-1);
        if (expected[0] === "claim_lost") assert.match(record.join(), new RegExp(`^warn,.*claim was lost.*payment\\.succeeded ${id}`));
        else assert.match(record.join(), new RegExp(`^error,webhook handler failed: payment\\.succeeded ${id} .*release claim_lost`));
        // The claim still belongs to the second worker.
        assert.equal((await second.receiver.receive(...deliveryOf(id))).status, 409);
        next.open();
        assert.equal((await secondAnswer).status, 200);
        assert.deepEqual(second.codes, ["in_progress", "handled"]);
      }
    });

    test("a slow handler extends its claim", async () => {
      const { store } = await open({ leaseSeconds: 1 });
      const { open: start, opened: started } = gate();
      const { open: finish, opened: finished } = gate();
      const { receiver, codes } = recording(store, async (_event, claim) => {
        assert.equal(await claim.extend(30), true);
        start();
        await finished;
        await assert.rejects(claim.extend(0), { code: "invalid_option" });
      });
      const answer = receiver.receive(...deliveryOf("evt_1"));
      await started;
      await sleep(LEASE_OVER);
      assert.equal((await receiver.receive(...deliveryOf("evt_1"))).status, 409);
      finish();
      await answer;
      assert.deepEqual(codes, ["in_progress", "handled"]);
    });

    test("a claim can be handed over to a queue, whose worker completes or releases it", async () => {
      const { store } = await open();
      const queue = [];
      const { receiver, codes } = recording(store, async (event, claim) => {
        queue.push(JSON.stringify({ event, ticket: await claim.handOver({ leaseSeconds: 120 }) }));
      });
      const delivery = deliveryOf("evt_1");
      assert.equal((await receiver.receive(...delivery)).status, 200);
      assert.ok(Number((await receiver.receive(...delivery)).headers["retry-after"]) > 60);

      const { claim } = await store.take(JSON.parse(queue[0]).ticket);
      assert.deepEqual([await claim.extend(), await claim.release(new CardError()), await claim.complete()], [true, true, false]);
      const [{ error }] = await store.deadLetters();
      assert.equal(error, "CardError");

      await receiver.receive(...delivery);
      assert.deepEqual(await store.take(JSON.parse(queue[0]).ticket), { state: "lost" });
      const { claim: second } = await store.take(JSON.parse(queue[1]).ticket);
      assert.equal(await second.complete(), true);
      await receiver.receive(...delivery);
      assert.deepEqual(codes, ["handed_over", "in_progress", "handed_over", "already_handled"]);
    });

    test("a ticket is taken by one worker at a time", async () => {
      const { store } = await open();
      let ticket;
      const { receiver, codes } = recording(store, async (_event, claim) => void (ticket = await claim.handOver()));
      await receiver.receive(...deliveryOf("evt_1"));
      const first = await store.take(ticket, { leaseSeconds: 30 });
      const { waitSeconds, ...second } = await store.take(ticket);
      assert.deepEqual([first.state, first.attempt, second], ["claimed", 1, { state: "in_progress" }]);
      assert.ok(waitSeconds > 20 && waitSeconds <= 30, `${waitSeconds}`);
      assert.equal(await first.claim.release(new CardError()), true);
      const third = await store.take(ticket);
      assert.deepEqual([third.state, third.attempt, await first.claim.complete(), await third.claim.complete()], ["claimed", 2, false, true]);
      assert.deepEqual(await store.take(ticket), { state: "done" });
      assert.deepEqual(await store.take({ key: "webhook:unknown", token: ticket.token }), { state: "lost" });
      await assert.rejects(store.take({ key: "k" }), { code: "invalid_option" });
      await receiver.receive(...deliveryOf("evt_1"));
      assert.deepEqual(codes, ["handed_over", "already_handled"]);
    });

    test("a handler that fails after handing over releases the claim", async () => {
      const { store } = await open();
      let ticket;
      const { receiver, codes } = recording(store, async (_event, claim) => {
        ticket = await claim.handOver();
        throw new CardError();
      });
      await receiver.receive(...deliveryOf("evt_1"));
      assert.deepEqual(codes, ["handler_failed"]);
      const taken = await store.take(ticket);
      assert.deepEqual([taken.state, taken.attempt], ["claimed", 2]);
    });

    test("an event whose worker died is listed as abandoned", async () => {
      const { store } = await open({ leaseSeconds: 1 });
      const { receiver } = recording(store, async (_event, claim) => void (await claim.handOver()));
      await receiver.receive(...deliveryOf("evt_1"));
      assert.deepEqual(await store.deadLetters(), []);
      await sleep(LEASE_OVER);
      const [{ reason, attempts, error }] = await store.deadLetters(1);
      assert.deepEqual([reason, attempts, error], ["abandoned", 1, null]);
    });
  } else {
    test("the writes of a failed handler are rolled back, and those of a successful one exist once", async () => {
      const { store, client } = await open();
      await run(client, "CREATE TABLE IF NOT EXISTS effects (id varchar(64))");
      const count = async () => Number((await run(client, "SELECT count(*) AS n FROM effects"))[0].n);
      let failing = true;
      const { receiver, codes } = recording(store, async (event, { connection }) => {
        await run(connection, `INSERT INTO effects VALUES ('${event.id}')`);
        if (failing) throw new CardError();
      });
      await receiver.receive(...deliveryOf("evt_1"));
      assert.equal(await count(), 0);
      const [{ error, attempts }] = await store.deadLetters();
      assert.deepEqual([error, attempts], ["CardError", 1]);
      failing = false;
      await receiver.receive(...deliveryOf("evt_1"));
      await receiver.receive(...deliveryOf("evt_1"));
      assert.deepEqual([await count(), codes], [1, ["handler_failed", "handled", "already_handled"]]);
    });

    test("a claim cannot be handed over", async () => {
      const { store } = await open();
      const { receiver, codes, logged } = recording(store, (_event, claim) => claim.handOver());
      await receiver.receive(...deliveryOf("evt_1"));
      assert.deepEqual(codes, ["handler_failed"]);
      assert.match(logged("error")[0], /an inbox cannot be handed over/);
      await assert.rejects(store.take({ key: "k", token: "t" }), { code: "invalid_option", message: /inbox/ });
    });

    test("a handler that rolls back itself has not handled the event, and runs at the next delivery", async () => {
      const { store } = await open();
      const { receiver, codes, logged } = recording(store, (_event, { attempt, connection }) => attempt === 1 && run(connection, "ROLLBACK"));
      assert.equal((await receiver.receive(...deliveryOf("evt_1"))).status, 500);
      assert.equal(logged("error")[0], "webhook handler rolled back the inbox's transaction itself: payment.succeeded evt_1 (reason rolled_back)");
      assert.deepEqual((await store.deadLetters()).map(({ attempts, error }) => [attempts, error]), [[1, "TransactionRolledBack"]]);
      await receiver.receive(...deliveryOf("evt_1"));
      await receiver.receive(...deliveryOf("evt_2"));
      assert.deepEqual(codes, ["handler_failed", "handled", "handler_failed"]);
    });

    test("the event of a handler that commits itself is parked: only a retry runs it again", async () => {
      const { store } = await open();
      let calls = 0;
      const { receiver, codes, logged } = recording(store, (_event, { connection }) => ++calls === 1 && run(connection, "COMMIT"));
      assert.equal((await receiver.receive(...deliveryOf("evt_1"))).status, 500);
      assert.match(logged("error")[0], /^webhook handler committed the inbox's transaction itself.* evt_1 \(reason committed\)$/);
      assert.equal((await receiver.receive(...deliveryOf("evt_1"))).status, 500);
      assert.match(logged("error")[1], /^webhook event is parked/);
      const [{ key, reason }] = await store.deadLetters();
      assert.deepEqual([calls, reason], [1, "parked"]);
      assert.equal((await receiver.retry(key)).status, 200);
      assert.deepEqual([calls, codes], [2, ["handler_failed", "handler_failed", "handled"]]);
    });

    test("each attempt is noted before the handler runs, unless that is turned off", async () => {
      for (const [noteAttempts, noted] of [[undefined, 1], [false, 0]]) {
        const { store, client, options } = await open({ noteAttempts });
        // The attempt is recorded before the transaction of the handler ends.
        let seen;
        const reads = async () => (name === "sqlite inbox" ? undefined : (await run(client, `SELECT attempt FROM ${options.table}`)).length);
        const { receiver, codes } = recording(store, async (_event, { attempt }) => void (seen = [attempt, await reads()]));
        await receiver.receive(...deliveryOf("evt_1"));
        assert.deepEqual([codes, seen], [["handled"], [1, name === "sqlite inbox" ? undefined : noted]]);
      }
    });

    test("the handler may use savepoints, and extend checks whether the transaction holds", async () => {
      const { store } = await open();
      const held = [];
      const { receiver, codes } = recording(store, async ({ id }, claim) => {
        await run(claim.connection, "SAVEPOINT own");
        held.push(await claim.extend(30));
        await run(claim.connection, "RELEASE SAVEPOINT own");
        if (id !== "evt_2") return void claim.extend(); // without waiting for it
        await run(claim.connection, "ROLLBACK");
        held.push(await claim.extend());
      });
      await receiver.receive(...deliveryOf("evt_1"));
      await receiver.receive(...deliveryOf("evt_2"));
      await receiver.receive(...deliveryOf("evt_3"));
      assert.deepEqual([held, codes], [[true, true, false, true], ["handled", "handler_failed", "handled"]]);
    });
  }

  if (name.startsWith("postgres")) {
    test("two conflicting transactions are retried", async () => {
      const { store, client } = await open({ timeoutSeconds: 20 });
      client.on("connect", (connection) => connection.query("SET default_transaction_isolation = 'serializable'"));
      const { receiver, codes } = recording(store, () => sleep(1));
      for (let round = 0; round < 10; round++) {
        await Promise.all(Array.from({ length: 12 }, () => receiver.receive(...deliveryOf(`evt_${round}`))));
      }
      assert.deepEqual([codes.filter((code) => code === "handled").length, codes.includes("store_unavailable")], [10, false]);
    });
  }

  if (name === "postgres inbox") {
    test("a transaction that the handler left aborted is its failure", async () => {
      const { store } = await open();
      const { receiver, codes, logged } = recording(store, (_event, { connection }) => run(connection, "SELECT 1/0").catch(() => {}));
      assert.equal((await receiver.receive(...deliveryOf("evt_1"))).status, 500);
      assert.match(logged("error")[0], /^webhook handler left the inbox's transaction aborted/);
      assert.deepEqual([codes, (await store.deadLetters()).map(({ error }) => error)], [["handler_failed"], ["TransactionAborted"]]);
    });
  }

  test("a dead letter can be discarded, and is not handled again", async () => {
    const { store } = await open();
    const { receiver, codes } = recording(store, () => Promise.reject(new CardError()));
    await receiver.receive(...deliveryOf("evt_1"));
    const [{ key }] = await store.deadLetters();
    assert.deepEqual([await store.discard(key), await store.discard(key), await store.deadLetters()], [true, false, []]);
    await receiver.receive(...deliveryOf("evt_1"));
    assert.deepEqual(codes, ["handler_failed", "already_handled"]);
    await assert.rejects(store.discard(), { code: "invalid_option" });
  });

  test("a delivery stored for another endpoint is handled by that endpoint", async () => {
    const { store, client, options } = await open();
    if (name === "memory") return; // endpoints cannot share it
    await recording(store, () => Promise.reject(new CardError())).receiver.receive(...deliveryOf("evt_1"));
    const [{ key }] = await store.deadLetters();
    const other = new store.constructor(client, { ...options, prefix: `${options.prefix}_other` });
    const { receiver, codes } = recording(other, () => assert.fail());
    const answer = await receiver.retry(key);
    assert.deepEqual([answer.status, codes], [404, ["other_endpoint"]]);
  });
});
