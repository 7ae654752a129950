/** A token that cannot be guessed. It needs no clock. */
export declare function newToken(): string;
