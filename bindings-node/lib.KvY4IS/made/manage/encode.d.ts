/** Text that is not JSON: the core then rejects the parameters with the right message. */
export declare const NOT_JSON = "!";
/** Encodes parameters, with the id that the caller passed separately. */
export declare function encodeParameters(parameters: unknown, path: {
    readonly id?: unknown;
}): string;
export declare function encode(value: unknown): string;
