const { defineProperty } = Object;

/**
 * Defines an own property, like an assignment to a name that is not inherited. It ignores setters and read-only properties of a prototype that
 * other code has changed.
 */
export function define(object: object, name: PropertyKey, value: unknown): void {
  // The descriptor has no prototype, since a `get` on Object.prototype would count as part of it.
  defineProperty(object, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true } as PropertyDescriptor);
}
