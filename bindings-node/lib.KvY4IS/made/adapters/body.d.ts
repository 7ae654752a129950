import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import type { Payload } from "../arguments.js";
import type { Read } from "../internal.js";
/** A raw body that a middleware kept: `express.raw()`, or `rawBody` in many hosted environments. */
export declare function rawBodyOf({ body, rawBody }: IncomingMessage & {
    body?: unknown;
    rawBody?: unknown;
}): Payload | undefined;
/** Reads the body from a stream of Node.js. */
export declare function readStream(stream: Readable, limit: number): Promise<Read>;
/** Reads the body of a standard `Request` as bytes. Decoding text would drop a byte order mark and change invalid UTF-8. */
export declare function readWebRequest(request: Request, limit: number): Promise<Read>;
