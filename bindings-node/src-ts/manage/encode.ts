// Passes parameters and options to the core, as JSON.

/** Text that is not JSON: the core then rejects the parameters with the right message. */
export const NOT_JSON = "!";

/** Encodes parameters, with the id that the caller passed separately. */
export function encodeParameters(parameters: unknown, path: { readonly id?: unknown }): string {
  const given = parameters ?? {};
  // The core rejects what is not an object.
  if (typeof given !== "object" || Array.isArray(given)) return encode(given);
  try {
    return encode({ ...given, ...path });
  } catch {
    return NOT_JSON; // a getter threw
  }
}

export function encode(value: unknown): string {
  try {
    return JSON.stringify(value, checked) ?? NOT_JSON;
  } catch {
    return NOT_JSON;
  }
}

/** `JSON.stringify` leaves out or changes what it cannot encode. Nothing that the caller passed may be lost silently. */
function checked(_: string, value: unknown): unknown {
  switch (typeof value) {
    case "number":
      if (Number.isFinite(value)) return value;
      break;
    case "function":
    case "symbol":
    case "bigint":
      break;
    default:
      if (!(value instanceof Map || value instanceof Set)) return value;
  }
  throw new TypeError();
}
