/**
 * Defines an own property, like an assignment to a name that is not inherited. It ignores setters and read-only properties of a prototype that
 * other code has changed.
 */
export declare function define(object: object, name: PropertyKey, value: unknown): void;
