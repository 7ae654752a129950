/** Joins the parts of a body. */
export declare function concat(parts: readonly Uint8Array[]): Uint8Array;
