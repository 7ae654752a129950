/** The form in which the values of all languages are compared; tests/vectors/README.md describes it. */
export function canonical(value) {
  switch (typeof value) {
    case "object":
      return value === null ? "n" : `{${canonicalMembers(value).join(",")}}`;
    case "boolean":
      return value ? "t" : "f";
    case "string":
      return `"${hexOf(value)}"`;
    case "number": {
      const double = new DataView(new ArrayBuffer(8));
      double.setFloat64(0, value === 0 ? 0 : value);
      return `d${hexOfBytes(new Uint8Array(double.buffer))}`;
    }
  }
  throw new TypeError(`JSON has no ${typeof value}`);
}

/** Hex sorts like the bytes that it encodes, and a prefix comes first in both. */
function canonicalMembers(container) {
  return Object.keys(container)
    .map((key) => [hexOf(key), container[key]])
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]) => `${key}:${canonical(value)}`);
}

export function hexOf(text) {
  return hexOfBytes(new TextEncoder().encode(text));
}

function hexOfBytes(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
