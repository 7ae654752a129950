/** How many calls the stack of a refused signature shows: the method of this package, and the call of the user. */
const CALLS = 2;

/** V8's default for `Error.stackTraceLimit`. With another value, the user has decided how long stacks are. */
const USUAL_LIMIT = 10;

const UsualError = Error;

let realm: ErrorConstructor | undefined;

/**
 * The function that makes the exceptions of refused signatures: the `Error` of a realm of its own, which looks only at the last calls.
 *
 * Walking through the stack is most of what a refusal costs, and a forger can cause many. Only `Error.stackTraceLimit` shortens it, and V8 reads
 * that from the realm whose `Error` is called, so the user's own stays as it is. If it is not the usual one, it is followed.
 */
export function shortError(): ErrorConstructor {
  if (UsualError.stackTraceLimit !== USUAL_LIMIT) return UsualError;
  return (realm ??= createRealm());
}

/** Without `node:vm`, where calls of another realm are hidden, and in other runtimes than Node.js, stacks are as usual. */
function createRealm(): ErrorConstructor {
  try {
    if ("bun" in process.versions || "deno" in process.versions) return UsualError;
    const vm = process.getBuiltinModule("node:vm");
    const created = vm.runInNewContext("Error") as ErrorConstructor;
    created.stackTraceLimit = CALLS;
    return created("").stack?.includes(createRealm.name) === true ? created : UsualError;
  } catch {
    return UsualError;
  }
}
