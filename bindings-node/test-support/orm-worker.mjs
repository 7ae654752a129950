// A process that dies in the handler, after it wrote. Forked by orm-inboxes.test.mjs.
import { SqlInbox } from "@payvost/webhooks/stores";
import { deliveryOf, recording } from "./deliveries.mjs";
import { ORMS } from "./orms.mjs";

const { kind, name, url, options } = JSON.parse(process.argv[2]);
const orm = ORMS[kind][name];
const { client } = await orm.open(url);
const { receiver } = recording(new SqlInbox(client, options), async ({ id }, { connection }) => {
  await orm.write(connection, id);
  process.kill(process.pid, "SIGKILL");
  await new Promise(() => {});
});
await receiver.receive(...deliveryOf("evt_killed"));
