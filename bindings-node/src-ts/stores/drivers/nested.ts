// The transactions that a handler's ORM opens on the connection of an inbox.

const BEGIN = /^(?:begin|start\s+transaction)\b[^;]*$/;
const COMMIT = /^(?:commit|end)(?:\s+(?:work|transaction))?$/;
const ROLLBACK = /^(?:rollback|abort)(?:\s+(?:work|transaction))?$/;

/** Statements that begin or end a transaction are shorter than this. */
const MAX_LENGTH = 500;

/**
 * Turns the transactions that a handler opens inside the transaction of an inbox into savepoints. Most ORMs send `BEGIN` and `COMMIT`, and that
 * `COMMIT` would end the transaction of the inbox. A `COMMIT` without a `BEGIN` is left alone, and the core notices it.
 */
export class Nested {
  #depth = 0;
  #isAside = false;

  /** The statement to send instead. */
  translated(text: string): string {
    if (this.#isAside || text.length > MAX_LENGTH) return text;
    const statement = bare(text);
    if (BEGIN.test(statement)) return `SAVEPOINT ${nameAt(++this.#depth)}`;
    if (this.#depth === 0) return text;
    if (COMMIT.test(statement)) return `RELEASE SAVEPOINT ${nameAt(this.#depth--)}`;
    if (ROLLBACK.test(statement)) return `ROLLBACK TO SAVEPOINT ${nameAt(this.#depth--)}`;
    return text;
  }

  /** Sends a statement unchanged. */
  aside<Result>(send: () => Result): Result {
    this.#isAside = true;
    try {
      return send();
    } finally {
      this.#isAside = false;
    }
  }
}

function nameAt(depth: number): string {
  return `payvost_nested_${depth}`;
}

/** A statement in lower case, without comments around it and the semicolon at its end. */
function bare(text: string): string {
  return text.replace(/\/\*[^]*?\*\/|--[^\n]*(?:\n|$)/g, " ").trim().replace(/\s*;$/, "").toLowerCase();
}

/**
 * Replaces methods of an object until the returned function is called. The object keeps its identity, since ORMs check its class.
 */
export function overridden(target: any, methods: Readonly<Record<string, (...values: any[]) => unknown>>): () => void {
  const before = Object.keys(methods).map((name) => [name, Object.getOwnPropertyDescriptor(target, name)] as const);
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });
  }
  return () => {
    for (const [name, descriptor] of before) {
      if (descriptor === undefined) delete target[name];
      else Object.defineProperty(target, name, descriptor);
    }
  };
}
