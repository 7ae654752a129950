// A process that dies at one point of handling an event. Forked by stores-crashes.test.mjs.
import { deliveryOf, recording } from "./deliveries.mjs";
import { STORES, openStore, run } from "./stores.mjs";

const { name, url, options, point, id } = JSON.parse(process.argv[2]);
const die = (at) => {
  if (at === point) process.kill(process.pid, "SIGKILL");
  return new Promise((resolve) => (at === point ? undefined : resolve()));
};

const { store, client } = await openStore(name, url, options);
const { client: kind, inbox } = STORES[name];

/** The effect, separate from the claim. */
async function effect(id, connection) {
  if (kind.endsWith("redis")) await client.incr(`effects:${id}`);
  else await run(inbox ? connection : client, `INSERT INTO effects VALUES ('${id}')`);
}

const { receiver } = recording(store, async (event, claim) => {
  await die("after the claim");
  await new Promise((resolve) => setTimeout(resolve, 20));
  await die("in the handler");
  await effect(event.id, claim.connection);
  await die("after the effect");
});
await die("before the claim");
const { status } = await receiver.receive(...deliveryOf(id));
await die("after complete");
process.send(status, () => process.exit());
