// The program of the sandbox, as `scripts/build cli` makes it.
import { fileURLToPath } from "node:url";

export const BINARY = fileURLToPath(new URL("../../target/bin/payvost-webhooks", import.meta.url));
