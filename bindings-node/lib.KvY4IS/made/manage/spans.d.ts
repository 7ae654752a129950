import type { Answer, Sent } from "./transport.js";
/** What a span is called and says. */
export interface Described {
    readonly operation: string;
    readonly route: string;
    readonly attempt: number;
}
/** Sends a request within a span. OpenTelemetry can neither make a call fail nor change its result. */
export declare function inSpan(described: Described, sent: Sent, send: () => Promise<Answer>): Promise<Answer>;
