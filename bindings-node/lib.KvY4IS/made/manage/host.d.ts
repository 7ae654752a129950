import { randomBytes } from "../random.js";
export declare const host: {
    /** Milliseconds by a clock that is never set back. */
    elapsed: () => number;
    /** Milliseconds since 1970. */
    now: () => number;
    /** Random bytes that nobody can predict. */
    random: typeof randomBytes;
    /** Calls back at the end of a time limit, in milliseconds. Returns a function that prevents it. */
    limit: typeof after;
    /** Calls back at the end of a pause between two attempts. Returns a function that prevents it. */
    pause: typeof after;
};
declare function after(milliseconds: number, callback: () => void): () => void;
export {};
