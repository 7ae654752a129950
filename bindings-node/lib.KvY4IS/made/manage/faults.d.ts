/** The names that the core knows, see core/src/manage/fault.rs. */
export type Fault = "not_sent" | "connect_timed_out" | "timed_out" | "lost" | "tls_failed" | "malformed" | "too_large" | "cancelled";
/** The fault that an error of `fetch` or of reading the body stands for. What cannot be told apart was possibly sent. */
export declare function faultOf(error: unknown): Fault;
