// Ports for servers that are started afterwards.
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** A free port, below those that systems give to connections: one of these could be taken before the server listens. */
export async function freePort(host = "127.0.0.1") {
  for (;;) {
    const port = randomInt(20_000, 32_768);
    const server = createServer().listen(port, host);
    try {
      await once(server, "listening");
    } catch {
      continue;
    }
    server.close();
    await once(server, "close");
    return port;
  }
}
