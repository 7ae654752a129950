// Starts a local Payvost for a test.

import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { checkNames, misuse } from "./errors.js";
import { ApiError } from "./manage/error.js";
import { Payvost } from "./manage/payvost.js";
import type { CreatedWebhook, DeliveryAttempt, WebhooksGetLogsParams, WebhooksUpdateParams } from "./manage/types.js";

declare global {
  // As in @types/node: older settings of the compiler do not know it.
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol;
  }
}

/** Options of {@link startSandbox}. `null` and `undefined` mean the default. */
export interface SandboxOptions {
  /** The program. Default: the environment variable `PAYVOST_WEBHOOKS_BIN`, or else `payvost-webhooks` on the path. */
  binary?: string | null | undefined;
  /** What goes wrong on the way, such as `duplicates` or `outage`. `payvost-webhooks sandbox --list-scenarios` lists them. Default: nothing. */
  scenarios?: readonly string[] | null | undefined;
  /** Other options of `payvost-webhooks sandbox`, such as `["--disable-after", "3600"]`. */
  args?: readonly string[] | null | undefined;
  /** How long the sandbox may take to start, in seconds. Default: 10. */
  timeoutSeconds?: number | null | undefined;
}

/** How the sandbox tells which events to send. */
export interface PublishOptions {
  /** The id of the event. Default: a new one. */
  id?: string | null | undefined;
  /** Fields of `data` that differ from the documented sample. */
  data?: Readonly<Record<string, unknown>> | null | undefined;
}

/** An event that the sandbox has accepted. */
export interface PublishedEvent {
  /** Its id. */
  id: string;
  /** Its type. */
  type: string;
}

/** Pairs of an event and an endpoint. `accepted` is always the sum of the other three. */
export interface SandboxTotals {
  /** All of them. */
  accepted: number;
  /** The receiver responded with a status of 2xx. */
  delivered: number;
  /** In flight, or waiting for the next attempt. */
  pending: number;
  /** No attempt succeeded, and no more will follow. */
  failed: number;
}

/** How far to move the clock. */
export interface SandboxTime {
  /** Hours. */
  hours?: number | undefined;
  /** Minutes. */
  minutes?: number | undefined;
  /** Seconds. */
  seconds?: number | undefined;
}

/**
 * Starts a Payvost of your own for a test: the program `payvost-webhooks sandbox`, on a free port, in memory, with a clock that stands still until
 * the test moves it. The sandbox ends with the process of the test, even if that crashes.
 *
 * @throws {ConfigurationError} `invalid_option`: the program is missing or did not start.
 *
 * @example
 * ```ts
 * await using sandbox = await startSandbox();
 * await sandbox.addEndpoint(`http://127.0.0.1:${port}/webhooks/payvost`);
 * await sandbox.publish("payment.succeeded");
 * await sandbox.advance({ minutes: 40 });
 * ```
 */
export async function startSandbox(options?: SandboxOptions | null): Promise<Sandbox> {
  checkNames(options ?? {}, ["binary", "scenarios", "args", "timeoutSeconds"]);
  const { binary, scenarios, args, timeoutSeconds } = options ?? {};
  const program = binary ?? (process.env["PAYVOST_WEBHOOKS_BIN"] || "payvost-webhooks");
  const secret = `whsec_${randomBytes(24).toString("hex")}`;
  const chosen = (scenarios ?? []).flatMap((name) => ["--scenario", name]);
  const flags = ["sandbox", "--listen", "127.0.0.1:0", "--clock", "virtual", "--json", ...chosen, ...(args ?? []), "--", ...WAIT_FOR_PARENT];
  const child = spawn(program, flags, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, PAYVOST_SANDBOX_SECRET: secret }, windowsHide: true });
  const { baseUrl, apiKey } = await ready(child, program, timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS);
  return new Sandbox(child, baseUrl, apiKey, secret);
}

/** A command that ends when its standard input does, which is when this process ends. The sandbox ends with its command. */
const WAIT_FOR_PARENT = process.platform === "win32" ? [process.execPath, "-e", "process.stdin.resume()"] : ["cat"];

const DEFAULT_TIMEOUT_SECONDS = 10;

/** A running sandbox, from {@link startSandbox}. */
export class Sandbox {
  /** Where its API listens. */
  readonly baseUrl: string;
  /** The key for its API. */
  readonly apiKey: string;
  /** The secret of each of its endpoints, until that is rotated. */
  readonly secret: string;
  /** A client of its API. */
  readonly payvost: Payvost;
  readonly #child: ChildProcess;
  readonly #endpoints: string[] = [];

  /** @internal */
  constructor(child: ChildProcess, baseUrl: string, apiKey: string, secret: string) {
    this.#child = child;
    this.baseUrl = baseUrl;
    this.apiKey = apiKey;
    this.secret = secret;
    this.payvost = new Payvost({ apiKey, baseUrl });
  }

  /** Registers a receiver. Without `events`, it gets them all. */
  async addEndpoint(url: string | URL, events: readonly string[] = ["*"]): Promise<CreatedWebhook> {
    const webhook = await this.payvost.webhooks.create({ url: String(url), events });
    this.#endpoints.push(webhook.id);
    return webhook;
  }

  /** Changes an endpoint: `{ enabled: false }`, for example. */
  async updateEndpoint(id: string, changes: WebhooksUpdateParams): Promise<void> {
    await this.payvost.webhooks.update(id, changes);
  }

  /** Publishes an event to each endpoint that subscribes to its type. The delivery begins at once: to wait for it, call {@link settle}. */
  async publish(eventType: string, { id, data }: PublishOptions = {}): Promise<PublishedEvent> {
    const event = await this.#call("events", { eventType, ...(id != null && { id }), ...(data != null && { data }) });
    return { id: event.id, type: event.type };
  }

  /** Moves the clock, and returns the new time when each attempt that became due has been answered. */
  async advance(time: SandboxTime): Promise<Date> {
    const { now } = await this.payvost.testing.advanceTime(time);
    return new Date(now as string);
  }

  /** Waits until each attempt that is due at the present moment has been answered. */
  async settle(): Promise<void> {
    await this.advance({ seconds: 0 });
  }

  /** The time of the sandbox. */
  async now(): Promise<Date> {
    return new Date((await this.#call("time")).now);
  }

  /** Every attempt to deliver an event to an endpoint, oldest first. Without an id, to all endpoints from {@link addEndpoint}. */
  async logs(endpointId?: string, { status }: Pick<WebhooksGetLogsParams, "status"> = {}): Promise<DeliveryAttempt[]> {
    const attempts: DeliveryAttempt[] = [];
    for (const id of endpointId === undefined ? this.#endpoints : [endpointId]) {
      for await (const attempt of this.payvost.webhooks.getLogs(id, { limit: PAGE, ...(status && { status }) })) attempts.push(attempt);
    }
    return attempts.sort((one, other) => Date.parse(String(one.attemptedAt)) - Date.parse(String(other.attemptedAt)) || (one.attempt ?? 0) - (other.attempt ?? 0));
  }

  /** How many deliveries there are, and how they stand. */
  async totals(): Promise<SandboxTotals> {
    return this.#call("totals");
  }

  /** Deletes all endpoints, events and attempts, and sets the clock to the present. */
  async reset(): Promise<void> {
    await this.payvost.testing.resetAllData();
    await this.payvost.testing.resetTime();
    this.#endpoints.length = 0;
  }

  /** Ends the sandbox. Deliveries in flight are cut off. */
  async stop(): Promise<void> {
    await ended(this.#child);
  }

  /** The same as {@link stop}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Makes a call of the sandbox's own, which the client does not have. */
  async #call(path: string, body?: object): Promise<any> {
    const headers = { Authorization: `Bearer ${this.apiKey}` };
    const response = await fetch(`${this.baseUrl}/v1/testing/${path}`, body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers });
    const { data, error } = (await response.json()) as { data?: unknown; error?: { code: string; message: string; field?: string } };
    if (!error) return data;
    throw new ApiError(error.message, { code: error.code, hint: "See docs/guides/sandbox.md.", status: response.status, field: error.field ?? null });
  }
}

/** How many attempts are read at a time: the maximum. */
const PAGE = 100;

/** How much of the program's complaints is kept. */
const MAX_COMPLAINTS = 4_000;

/** Waits for the line that says where the sandbox listens. */
function ready(child: ChildProcess, program: string, seconds: number): Promise<{ baseUrl: string; apiKey: string }> {
  return new Promise((resolve, reject) => {
    let [line, complaints] = ["", ""];
    const fail = (message: string, hint: string) => {
      clearTimeout(timer);
      void ended(child);
      reject(misuse(message, hint));
    };
    const timer = setTimeout(() => fail(`the sandbox did not start within ${seconds} s`, "Pass a larger timeoutSeconds."), seconds * 1000);
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") fail(`${program} could not be started (${error.code})`, "Check PAYVOST_WEBHOOKS_BIN and the file's permissions.");
      else fail(`the program ${program} was not found`, "Put payvost-webhooks on the path, or set PAYVOST_WEBHOOKS_BIN to its location.");
    });
    child.on("close", () => fail(`the sandbox ended at its start: ${complaints.trim()}`, "Check the options scenarios and args."));
    child.stdin!.on("error", () => {}); // the program has ended
    child.stderr!.setEncoding("utf8").on("data", (text: string) => (complaints = (complaints + text).slice(-MAX_COMPLAINTS)));
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      if (line.includes("\n")) return; // the report
      line += text;
      if (!line.includes("\n")) return;
      clearTimeout(timer);
      // A test that forgets to stop the sandbox must end nevertheless.
      for (const part of [child, child.stdin, child.stdout, child.stderr]) (part as unknown as { unref?(): void }).unref?.();
      resolve(JSON.parse(line));
    });
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return resolve();
    child.ref();
    child.once("exit", () => resolve());
    child.stdin!.destroy();
    child.kill("SIGKILL");
  });
}
