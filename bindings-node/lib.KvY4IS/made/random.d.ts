/** Bytes that nobody can predict. */
export declare function randomBytes(length: number): Uint8Array;
/** Two lowercase hexadecimal digits per byte. */
export declare function hexOf(bytes: Uint8Array): string;
/** By this hash, Redis knows a script. */
export declare function sha1(text: string): Promise<string>;
