const { defineProperty } = Object;

/**
 * Gives an object a property of its own, as an assignment does where nothing is inherited under that name: it asks no setter and no read-only
 * property of a prototype that other code has changed.
 */
export function define(object: object, name: PropertyKey, value: unknown): void {
  // The descriptor inherits nothing either, since a `get` on Object.prototype would count as part of it.
  defineProperty(object, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true } as PropertyDescriptor);
}
