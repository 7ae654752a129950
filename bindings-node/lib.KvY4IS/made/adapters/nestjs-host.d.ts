import type { WebhookLogRecord } from "../log.js";
import { type ReceiverFor } from "./http.js";
/** The program's own Nest: this package depends on none. */
export declare function nest(): {
    common: any;
    core: any;
};
/** Adds the route before Nest adds its body parsers, which come when the application is initialized. */
export declare function addRoute(httpAdapter: any, path: string, receiver: ReceiverFor<any>): void;
/** Passes records on to a logger of Nest. */
export declare function logWith(logger: any): (record: WebhookLogRecord) => void;
