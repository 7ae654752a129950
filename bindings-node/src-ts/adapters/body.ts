// How an adapter reads the raw body. If other code has read it before, this does not wait: the bytes would never arrive.

import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { concat } from "../concat.js";
import type { Payload } from "../arguments.js";
import type { Read } from "../internal.js";

const CONSUMED: Read = [undefined, "consumed"];

/** How many bytes a sender may send after it was rejected. A sender that is cut off while sending does not read the response. */
const DISCARDED_BYTES = 16 * 2 ** 20;

/** A raw body that a middleware kept: `express.raw()`, or `rawBody` in many hosted environments. */
export function rawBodyOf({ body, rawBody }: IncomingMessage & { body?: unknown; rawBody?: unknown }): Payload | undefined {
  return [body, rawBody].find((value): value is Payload => typeof value === "string" || ArrayBuffer.isView(value));
}

/** Reads the body from a stream of Node.js. */
export async function readStream(stream: Readable, limit: number): Promise<Read> {
  if (stream.readableDidRead || stream.readableEnded || stream.readableEncoding !== null) return CONSUMED;
  if (limit === 0) return discardStream(stream);
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    const keep = (chunk: Uint8Array) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length < limit) return;
      settle("reached");
      discardStream(stream);
    };
    const end = () => settle("reached");
    const gone = () => settle("broken");
    const settle = (how: Read[1]) => {
      stream.off("data", keep).off("end", end).off("close", gone);
      resolve([concat(chunks), how]);
    };
    stream.on("data", keep).on("end", end).on("close", gone).on("error", gone);
    if (stream.destroyed) gone();
    stream.resume();
  });
}

function discardStream(stream: Readable): Read {
  let left = DISCARDED_BYTES;
  stream.on("error", () => {}).on("data", (chunk) => {
    left -= chunk.length;
    if (left < 0) stream.destroy();
  });
  stream.resume();
  return ["", "reached"];
}

/** Reads the body of a standard `Request` as bytes. Decoding text would drop a byte order mark and change invalid UTF-8. */
export async function readWebRequest(request: Request, limit: number): Promise<Read> {
  if (request.bodyUsed || request.body?.locked) return CONSUMED;
  const reader = request.body?.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (let part; reader && length < limit && !(part = await reader.read()).done; ) {
      chunks.push(part.value);
      length += part.value.length;
    }
  } catch {
    return [concat(chunks), "broken"];
  }
  if (length >= limit && reader) discardReader(reader);
  return [concat(chunks), "reached"];
}

function discardReader(reader: ReadableStreamDefaultReader<Uint8Array>): void {
  const discard = async () => {
    let left = DISCARDED_BYTES;
    for (let part; left >= 0 && !(part = await reader.read()).done; ) left -= part.value.length;
    await reader.cancel();
  };
  discard().catch(() => {});
}
