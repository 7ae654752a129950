import type { Asked, StoreFault } from "../boundary.js";
import type { Limit } from "./limit.js";
/**
 * Takes every step of a program, and returns its result.
 *
 * @param take Takes a step on the host's client, passes the result to the program, and returns what is next.
 */
export declare function drive(program: {
    failed(...fault: StoreFault): Asked;
}, first: Asked, take: (step: string, argument: any) => Asked | Promise<Asked>, time: Limit): Promise<any>;
/** Idle programs, for reuse: making one takes longer than running it. */
export declare class Idle<Program> {
    constructor(create: () => Program);
    take(): Program;
    put(program: Program): void;
}
/** The string that a row or reply begins with, and the first number in it. Some clients return bytes, or strings for everything. */
export declare function wordAndNumber(values: readonly unknown[]): [word: string | undefined, number: number | undefined];
/** Converts the rows of a client, which may contain bytes. */
export declare function lettersOf(rows: readonly (readonly any[])[]): any[];
