/** A system that has a package. */
export interface Platform {
    readonly name: string;
    readonly os: string;
    readonly cpu: string;
    readonly libc?: string;
    readonly target: string;
}
/**
 * The systems that have a package with the native library: `@payvost/webhooks-<name>`. The package manager chooses it during installation, by
 * the fields `os`, `cpu` and `libc` of its manifest. `target` is the name of the system in Rust.
 */
export declare const PLATFORMS: readonly Platform[];
/** A library, or the reason why it is missing. */
export type Loaded = {
    readonly library: unknown;
} | {
    readonly cause: unknown;
};
export declare const loaded: ({ name }: Platform) => Loaded;
export declare const packageOf: ({ name }: Platform) => string;
/** The platforms that match a system, apart from its libc. */
export declare const fitting: ({ platform, arch }: {
    platform: string;
    arch: string;
}) => Platform[];
/** The C library that Node.js runs with on Linux. Finding out takes a millisecond or more. */
export declare function libcOf(process: NodeJS.Process): {
    name: string;
    version?: string;
} | undefined;
