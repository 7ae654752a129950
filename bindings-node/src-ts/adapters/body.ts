// How an adapter gets at the raw body. Each function gives `{ body }`, nothing when there is no more to come or nobody wants it,
// and `{ body: undefined }` when somebody else has had the bytes: waiting for them would be for ever.

import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import type { Payload } from "../arguments.js";
import type { Content } from "../internal.js";

type TooLarge = (length: number) => boolean;

const TAKEN = { body: undefined };

/** What a sender may still send after it was refused, in bytes: whoever is cut off while sending does not read the answer. */
const DISCARDED_BYTES = 16 * 2 ** 20;

/** The body of a request of `node:http`, which a framework may have read already. */
export async function readRequest(request: IncomingMessage & { body?: unknown; rawBody?: unknown }, tooLarge: TooLarge): Promise<Content | undefined> {
  const raw = [request.body, request.rawBody].find(isRaw);
  return raw === undefined ? readStream(request, request.headers, tooLarge) : { body: raw };
}

/** A body that a middleware kept as it came: `express.raw()`, or `rawBody` in many hosted environments. */
function isRaw(body: unknown): body is Payload {
  return typeof body === "string" || ArrayBuffer.isView(body);
}

/** The body that a stream of Node.js gives. */
export async function readStream(stream: Readable, headers: IncomingHttpHeaders, tooLarge: TooLarge): Promise<Content | undefined> {
  if (stream.readableDidRead || stream.readableEnded || stream.readableEncoding !== null) return TAKEN;
  if (isAnnouncedTooLarge(headers["content-length"], tooLarge)) return discardStream(stream);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const keep = (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (!tooLarge(length)) return;
      settle();
      discardStream(stream);
    };
    const end = () => settle({ body: Buffer.concat(chunks) });
    const gone = () => settle();
    const settle = (content?: Content) => {
      stream.off("data", keep).off("end", end).off("close", gone);
      resolve(content);
    };
    stream.on("data", keep).on("end", end).on("close", gone).on("error", gone);
    if (stream.destroyed) gone();
    stream.resume();
  });
}

function discardStream(stream: Readable): undefined {
  let left = DISCARDED_BYTES;
  stream.on("error", () => {}).on("data", (chunk) => {
    left -= chunk.length;
    if (left < 0) stream.destroy();
  });
  stream.resume();
}

/** The body of a standard `Request`. Never as text: decoding drops a byte order mark and changes what is no UTF-8. */
export async function readWebRequest(request: Request, tooLarge: TooLarge): Promise<Content | undefined> {
  if (request.bodyUsed || request.body?.locked) return TAKEN;
  const reader = request.body?.getReader();
  if (isAnnouncedTooLarge(request.headers.get("content-length"), tooLarge)) return discardReader(reader);
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (let part; reader && !(part = await reader.read()).done; ) {
      chunks.push(part.value);
      length += part.value.length;
      if (tooLarge(length)) return discardReader(reader);
    }
  } catch {
    return undefined;
  }
  return { body: Buffer.concat(chunks) };
}

function discardReader(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): undefined {
  const discard = async (reader: ReadableStreamDefaultReader<Uint8Array>) => {
    let left = DISCARDED_BYTES;
    for (let part; left >= 0 && !(part = await reader.read()).done; ) left -= part.value.length;
    await reader.cancel();
  };
  if (reader) discard(reader).catch(() => {});
}

/** Saves the reading; what counts is what comes. */
function isAnnouncedTooLarge(contentLength: string | null | undefined, tooLarge: TooLarge): boolean {
  return Number(contentLength) > 0 && tooLarge(Number(contentLength));
}
