/** The module for servers: compressed by gzip, as Base64. build.mjs writes it. */
export declare const compressed: string;
