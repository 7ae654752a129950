// Stands in for sandbox.ts where no process can be started.

import { misuse } from "./errors.js";

export async function startSandbox(): Promise<never> {
  throw misuse("startSandbox() needs a runtime that can start a process", "Use it in Node.js, Bun or Deno.");
}
