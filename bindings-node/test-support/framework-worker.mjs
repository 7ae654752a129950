// A server whose process dies in the handler, after it wrote. Forked by frameworks.test.mjs.
import { WebhookReceiver } from "@payvost/webhooks";
import { SqlInbox } from "@payvost/webhooks/stores";
import { FRAMEWORKS } from "./frameworks.mjs";
import { SECRET } from "./sample.mjs";
import { clientOf } from "./services.mjs";

const { name, url, own } = JSON.parse(process.argv[2]);
const { client } = await clientOf("postgres", url);
const store = new SqlInbox(client, { prefix: own, table: own });
const handler = async ({ id }, { connection }) => {
  await connection.query("INSERT INTO effects VALUES ($1)", [id]);
  process.kill(process.pid, "SIGKILL");
  await new Promise(() => {});
};
const server = await FRAMEWORKS[name](new WebhookReceiver(SECRET, handler, { store }), { secret: SECRET, store, handler });
process.send(server.url);
