/** Waits for that many milliseconds. */
export declare function sleep(milliseconds: number): Promise<void>;
