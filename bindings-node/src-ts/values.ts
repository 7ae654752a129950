import { native } from "./native.js";
import { define } from "./own.js";

// The units of a plan, as in src/values.rs.
const NULL = 0;
const FALSE = 1;
const TRUE = 2;
const STRING = 3;
const INTEGER = 4;
const DOUBLE = 5;
const ARRAY = 6;
const OBJECT = 7;
const END = 8;
const ENVELOPE = 9;
const JSON_TEXT = 10;
const LARGE_OBJECT = 11;
const SMALL_INTEGER = 12;
const SHAPED = 13;
const NEW_SHAPE = 14;
const KIND = 15;
const NEW_NAME = 16;
const NAME_SHIFT = 5;

/** How many names of a large object share one string, as in src/values.rs. */
const TOGETHER = 512;

/**
 * The names of members by their numbers. They are a property of the native half, which keeps its numbers when only this file is loaded again.
 */
const names: string[] = (native.names ??= new Array<string>(1025).fill(""));

/** The names of an object in their order, and an object that has them as its own. */
interface Shape {
  readonly names: readonly string[];
  readonly template: Readonly<Record<string, unknown>>;
  readonly copy: (template: object) => Record<string, unknown>;
}

/** The shapes by their numbers, kept like the names. */
const shapes: (Shape | undefined)[] = (native.shapes ??= new Array<undefined>(256).fill(undefined)) as (Shape | undefined)[];

/** At each place where objects are copied, V8 is fast for up to four shapes. */
const COPIES: readonly Shape["copy"][] = [
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
];

let shapesMade = 0;

/** V8 makes a longer array a hash table if it is made in one go. */
const MAX_ARRAY_IN_ONE_GO = 1_000_000;

const { parse } = JSON;
const { min } = Math;
const { create, getPrototypeOf, prototype, setPrototypeOf } = Object;
const arrayPrototype = Array.prototype;

const double = new DataView(new ArrayBuffer(8));

/** The strings in their order, in parts that fit into a call. */
interface Strings {
  readonly strings: readonly string[];
  readonly more: Strings | undefined;
}

/**
 * Builds the event: exactly what `JSON.parse` would return for the payload, in less time. The native half calls this. If there are more strings
 * than fit into a call, it first calls this without a plan, and passes the result on with the strings before them.
 *
 * Nothing here depends on changes of other code to the prototypes of objects and arrays.
 */
export function build(more: Strings | undefined, plan: string | undefined, ...strings: string[]): unknown {
  return plan === undefined ? { strings, more } : new Reader(plan, strings, more).event();
}

class Reader {
  private unitsRead = 0;
  private stringsRead = 0;

  constructor(
    private readonly plan: string,
    private strings: readonly string[],
    private more: Strings | undefined,
  ) {}

  event(): unknown {
    const unit = this.unit();
    return unit === ENVELOPE ? this.envelope() : this.value(unit);
  }

  /** Uses a literal, so that all events have one shape, which is fast to make and to use. */
  private envelope(): unknown {
    const id = this.value(this.unit());
    const type = this.value(this.unit());
    const createdAt = this.value(this.unit());
    const liveMode = this.value(this.unit());
    const data = this.value(this.unit());
    const previousData = this.value(this.unit());
    return { id, type, createdAt, liveMode, data, previousData };
  }

  private value(unit: number): unknown {
    switch (unit & KIND) {
      case STRING:
        return this.string();
      case SHAPED:
        return this.shaped(shapes[this.unit()] as Shape);
      case OBJECT:
        return this.object();
      case SMALL_INTEGER:
        return this.unit();
      case INTEGER:
        return this.word();
      case TRUE:
        return true;
      case FALSE:
        return false;
      case NULL:
        return null;
      case ARRAY:
        return this.array();
      case DOUBLE:
        return this.double();
      case JSON_TEXT:
        return parse(this.string());
      case NEW_SHAPE:
        return this.shaped(this.newShape());
      case LARGE_OBJECT:
        return this.largeObject();
    }
  }

  /** The copy has every property already, so that assignments do not ask its prototype. This is faster than to check each name there. */
  private shaped({ names, template, copy }: Shape): unknown {
    const object = copy(template);
    for (let index = 0; index < names.length; index++) object[names[index] as string] = this.value(this.unit());
    return object;
  }

  private newShape(): Shape {
    const number = this.unit();
    const count = this.unit();
    const names: string[] = [];
    const template = {};
    for (let index = 0; index < count; index++) {
      const name = this.string();
      define(names, index, name);
      define(template, name, null);
    }
    return (shapes[number] = { names, template, copy: COPIES[shapesMade++ % COPIES.length] as Shape["copy"] });
  }

  private object(): unknown {
    const object: Record<string, unknown> = {};
    for (let unit = this.unit(); unit !== END; unit = this.unit()) {
      if (unit & NEW_NAME) names[unit >> NAME_SHIFT] = this.string();
      const name = names[unit >> NAME_SHIFT] as string;
      // Inherited properties cannot always be assigned: `__proto__`, and those with a setter or that are read-only.
      if (name in prototype) define(object, name, this.value(unit));
      else object[name] = this.value(unit);
    }
    return object;
  }

  /** The object gets its prototype last: until then it is a hash table to V8, and every property can be assigned. */
  private largeObject(): unknown {
    const object: Record<string, unknown> = create(null);
    for (let left = this.word(); left > 0; left -= TOGETHER) this.members(object, min(left, TOGETHER));
    return setPrototypeOf(object, prototype);
  }

  private members(object: Record<string, unknown>, count: number): void {
    const names = this.string();
    let lengths = this.unitsRead;
    this.unitsRead += 2 * count;
    for (let start = 0; count > 0; count--, lengths += 2) {
      const end = start + this.wordAt(lengths);
      object[names.slice(start, end)] = this.value(this.unit());
      start = end;
    }
  }

  private array(): unknown {
    const length = this.word();
    const array: unknown[] = length <= MAX_ARRAY_IN_ONE_GO ? new Array<unknown>(length) : [];
    if (getPrototypeOf(arrayPrototype) !== prototype) return this.arrayBesideOthers(array, length);
    for (let index = 0; index < length; index++) {
      if (index in array) define(array, index, this.value(this.unit()));
      else array[index] = this.value(this.unit());
    }
    return array;
  }

  /** Does not read from the prototypes of arrays, one of which may be a proxy. */
  private arrayBesideOthers(array: unknown[], length: number): unknown {
    for (let index = 0; index < length; index++) define(array, index, this.value(this.unit()));
    return array;
  }

  private string(): string {
    if (this.stringsRead === this.strings.length) this.readOn();
    return this.strings[this.stringsRead++] as string;
  }

  private readOn(): void {
    ({ strings: this.strings, more: this.more } = this.more as Strings);
    this.stringsRead = 0;
  }

  private double(): number {
    for (let byte = 0; byte < 8; byte += 2) double.setUint16(byte, this.unit(), true);
    return double.getFloat64(0, true);
  }

  private word(): number {
    this.unitsRead += 2;
    return this.wordAt(this.unitsRead - 2);
  }

  private wordAt(index: number): number {
    return this.plan.charCodeAt(index) | (this.plan.charCodeAt(index + 1) << 16);
  }

  private unit(): number {
    return this.plan.charCodeAt(this.unitsRead++);
  }
}
