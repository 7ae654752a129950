/** The module for browsers, as Base64. build.mjs writes it. */
export declare const text: string;
