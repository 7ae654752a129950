// A process that delivers events, several at a time, and each several times at once. Forked by crowd.mjs.
import { deliveryOf, recording } from "./deliveries.mjs";
import { clientOf } from "./services.mjs";
import { STORES, openStore, run } from "./stores.mjs";

const { name, url, options, events, copies, atATime } = JSON.parse(process.argv[2]);

const work = name === "the guide" ? await guide() : await once();
process.send("ready");
process.once("message", async () => {
  await work();
  process.disconnect();
});

async function once() {
  const { store, client, end } = await openStore(name, url, options);
  const { client: kind, inbox } = STORES[name];
  const effect = kind.endsWith("redis")
    ? ({ id }) => client.incr(`effects:${options.prefix}:${id}`)
    : ({ id }, { connection }) => run(inbox ? connection : client, `INSERT INTO effects_${options.table} VALUES ('${id}')`);
  const { receiver } = recording(store, effect);
  return async () => {
    await inWindows(async (id) => {
      const delivery = deliveryOf(id);
      const answers = await Promise.all(Array.from({ length: copies }, () => receiver.receive(...delivery)));
      // As Payvost does: retries a failed delivery.
      for (let received = answers.some(({ status }) => status === 200); !received; ) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        received = (await receiver.receive(...delivery)).status === 200;
      }
    });
    await end();
  };
}

/** Does what Payvost's guide does: looks the event up, acts, and then marks it. */
async function guide() {
  const { client, end } = await clientOf("node-redis", url);
  const receive = async (id) => {
    if (await client.get(`webhook:${id}`)) return;
    await client.incr(`effects:guide:${id}`);
    await client.set(`webhook:${id}`, "processed", { EX: 86_400 });
  };
  return async () => {
    await inWindows((id) => Promise.all(Array.from({ length: copies }, () => receive(id))));
    await end();
  };
}

async function inWindows(deliver) {
  let next = 0;
  const lane = async () => {
    while (next < events) await deliver(`evt_${next++}`);
  };
  await Promise.all(Array.from({ length: atATime }, lane));
}
