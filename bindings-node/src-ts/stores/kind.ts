/** The name of an error's class. Never its message, which may hold anything. */
export function kindOf(error: unknown): string {
  try {
    const name: unknown = error instanceof Error ? error.constructor.name || error.name : typeof error;
    return typeof name === "string" ? name : "Error";
  } catch {
    return "Error"; // a getter or a proxy refused
  }
}
