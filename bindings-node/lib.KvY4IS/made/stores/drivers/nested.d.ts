/**
 * Turns the transactions that a handler opens inside the transaction of an inbox into savepoints. Most ORMs send `BEGIN` and `COMMIT`, and that
 * `COMMIT` would end the transaction of the inbox. A `COMMIT` without a `BEGIN` is left alone, and the core notices it.
 */
export declare class Nested {
    /** The statement to send instead. */
    translated(text: string): string;
    /** Sends a statement unchanged. */
    aside<Result>(send: () => Result): Result;
}
/**
 * Replaces methods of an object until the returned function is called. The object keeps its identity, since ORMs check its class.
 */
export declare function overridden(target: any, methods: Readonly<Record<string, (...values: any[]) => unknown>>): () => void;
