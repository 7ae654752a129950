// The native half as WebAssembly. Values pass through its linear memory, in the form that bindings-wasm/src/boundary.rs describes.

import type { Native } from "./boundary.js";
import { define } from "./own.js";

/** The exports of the module, see bindings-wasm/src/exports.rs. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  reserve(bytes: number): number;
  call(handle: number, count: number, now: number, elapsed: number): number;
  functions(): number;
  result(): number;
  release(handle: number): void;
}

// The kinds of arguments.
const NULL = 1;
const BOOLEAN = 2;
const NUMBER = 3;
const TEXT = 4;
const UNITS = 5;
const BYTES = 6;
const ANNOUNCED = 7;
const LIST = 8;
const FUNCTION = 9;
const NO_ROOM = 10;
const OTHER = 11;

const SLOT = 16;
const MAX_ARGUMENTS = 5;

/** A longer payload is written only after the core has accepted its length. */
const MAX_UNANNOUNCED = 65_536;

/** A shorter string is written unit by unit, which takes less time than a call of the encoder. */
const SHORT = 128;

/** Which arguments of a function are lists that this package made, and which one is the payload. */
const LISTS: Readonly<Record<string, readonly number[]>> = {
  verifyWebhook: [2],
  createVerifier: [0],
  step: [1],
  failed: [1],
  explain: [1, 3, 4],
  begin: [4],
  responded: [1, 3],
  waited: [0],
};
const PAYLOADS: Readonly<Record<string, number>> = { verifyWebhook: 0, verify: 0, arrive: 0, loaded: 1 };
const NONE: readonly number[] = [];

const { min } = Math;
const { isArray } = Array;
const { parse } = JSON;
const { now } = Date;
const elapsed = performance.now.bind(performance);
const encoder = new TextEncoder();
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

// These read what an object is and not what it says about itself.
const typedArrays = Object.getPrototypeOf(Uint8Array.prototype) as object;
const getter = (prototype: object, name: PropertyKey): ((this: unknown) => any) => Object.getOwnPropertyDescriptor(prototype, name)!.get!; // eslint-disable-line @typescript-eslint/unbound-method -- it is called with an object
const kindOf = getter(typedArrays, Symbol.toStringTag);
const bufferOf = getter(typedArrays, "buffer");
const lengthOf = getter(typedArrays, "length");
const lengthOfBuffer = getter(ArrayBuffer.prototype, "byteLength");

type Callable = (...values: unknown[]) => any;

/** A payload that is not written yet. */
class Announced {
  constructor(
    readonly length: number,
    readonly kind: typeof ANNOUNCED | typeof NO_ROOM,
  ) {}
}

interface WebAssemblyHost {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { exports: Exports };
}

const { WebAssembly: host } = globalThis as unknown as { WebAssembly: WebAssemblyHost };

export function compile(bytes: Uint8Array): object {
  return new host.Module(bytes);
}

/** Instantiates the module: its functions are those of the native library. A module for browsers lacks those that only servers need. */
export function nativeOf(module: object): Native {
  return new Instance(new host.Instance(module).exports).native();
}

class Instance {
  #bytes: Uint8Array;
  #view: DataView;
  /** Where the next content is written, and where the first slot is. */
  #end = 0;
  #base = 0;
  /** Where the result is read. */
  #at = 0;
  readonly #handles = new WeakMap<Callable, number>();
  /** Drops what JavaScript no longer has. Where there is none, verifiers stay until the instance ends. */
  readonly #released: FinalizationRegistry<number> | undefined;

  constructor(private readonly exports: Exports) {
    this.#bytes = new Uint8Array(exports.memory.buffer);
    this.#view = new DataView(exports.memory.buffer);
    if (typeof FinalizationRegistry === "function") this.#released = new FinalizationRegistry((handle) => exports.release(handle));
  }

  native(): Native {
    const length = this.exports.functions();
    return this.#result(length, undefined, undefined);
  }

  /** Calls a function. `verify` is the verifier of a receiver. */
  #call(handle: number, name: string, values: readonly unknown[], verify: number | undefined): any {
    const position = PAYLOADS[name];
    const length = position === undefined ? 0 : rawLength(values[position]);
    if (length <= MAX_UNANNOUNCED) return this.#make(handle, name, values, verify);
    const announced = values.map((value, index) => (index === position ? new Announced(length, ANNOUNCED) : value));
    // Without a signature, and where a receiver asks its verifier first, this ends with the checks before that of the signature.
    const verdict = verify === undefined ? this.#make(handle, name, [announced[0], undefined, ...announced.slice(2)], verify) : this.#make(verify, "verify", [announced[position!]], verify);
    const isRefused = isArray(verdict); // a number stands for the missing signature
    return this.#make(handle, name, isRefused ? announced : values, verify);
  }

  #make(handle: number, name: string, values: readonly unknown[], verify: number | undefined): any {
    const lists = LISTS[name] ?? NONE;
    const count = min(values.length, MAX_ARGUMENTS);
    let room = count * SLOT;
    for (let index = 0; index < count; index++) room += roomOf(values[index], lists.includes(index));
    const base = this.exports.reserve(room);
    if (base === 0) {
      const small = values.map((value) => (rawLength(value) > MAX_UNANNOUNCED ? new Announced(rawLength(value), NO_ROOM) : value));
      if (small.every((value, index) => value === values[index])) throw new RangeError("@payvost/webhooks: out of memory");
      return this.#make(handle, name, small, verify);
    }
    this.#refresh();
    this.#base = base;
    this.#end = base + count * SLOT;
    const position = PAYLOADS[name];
    let start = 0;
    let end = 0;
    try {
      for (let index = 0; index < count; index++) {
        if (index === position) start = this.#end;
        this.#write(base + index * SLOT, values[index], lists.includes(index));
        if (index === position) end = this.#end;
      }
      const length = this.exports.call(handle, count, now(), elapsed());
      this.#refresh();
      const payload = position === undefined ? undefined : values[position];
      const event = () => parse(typeof payload === "string" ? payload : this.#text(start, end));
      return length === 0 ? event() : this.#result(length, event, name === "createReceiver" ? this.#handles.get(values[0] as Callable) : verify);
    } finally {
      this.#bytes.fill(0, base, this.#end);
    }
  }

  /** The views of the memory, which are new when it has grown. */
  #refresh(): void {
    const { buffer } = this.exports.memory;
    if (this.#bytes.buffer === buffer) return;
    this.#bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
  }

  #write(slot: number, value: unknown, mayBeList: boolean): void {
    switch (typeof value) {
      case "undefined":
        return this.#slot(slot, 0, 0);
      case "boolean":
        return this.#slot(slot, BOOLEAN, value ? 1 : 0);
      case "number":
        this.#slot(slot, NUMBER, 0);
        return this.#view.setFloat64(slot + 8, value, true);
      case "string":
        return this.#writeString(slot, value);
      case "function": {
        const handle = this.#handles.get(value as Callable);
        return handle === undefined ? this.#slot(slot, OTHER, 0) : this.#slot(slot, FUNCTION, handle);
      }
      case "object":
        if (value === null) return this.#slot(slot, NULL, 0);
        if (value instanceof Announced) return this.#slot(slot, value.kind, value.length);
        if (mayBeList && isArray(value)) return this.#writeList(slot, value);
        return this.#writeBytes(slot, value);
      default:
        return this.#slot(slot, OTHER, 0);
    }
  }

  #slot(slot: number, kind: number, length: number): void {
    this.#view.setUint32(slot, kind, true);
    this.#view.setUint32(slot + 4, length, true);
    this.#view.setUint32(slot + 8, this.#end - this.#base, true);
  }

  #writeString(slot: number, value: string): void {
    const bytes = this.#bytes;
    const start = this.#end;
    const { length } = value;
    if (length <= SHORT) {
      let all = 0;
      for (let index = 0; index < length; index++) {
        const unit = value.charCodeAt(index);
        bytes[start + index] = unit;
        all |= unit;
      }
      if (all < 0x80) {
        this.#slot(slot, TEXT, length);
        this.#end = start + length;
        return;
      }
    }
    const { written } = encoder.encodeInto(value, bytes.subarray(start, start + 3 * length));
    // The encoder replaces a lone surrogate without saying so.
    if (written !== length && /\p{Surrogate}/u.test(value)) return this.#writeUnits(slot, value);
    this.#slot(slot, TEXT, written);
    this.#end = start + written;
  }

  #writeUnits(slot: number, value: string): void {
    this.#slot(slot, UNITS, 2 * value.length);
    for (let index = 0; index < value.length; index++) this.#view.setUint16(this.#end + 2 * index, value.charCodeAt(index), true);
    this.#end += 2 * value.length;
  }

  #writeBytes(slot: number, value: object): void {
    const content = bytesOf(value);
    if (content === undefined) return this.#slot(slot, OTHER, 0);
    const length: number = lengthOf.call(content);
    this.#slot(slot, BYTES, length);
    this.#bytes.set(content, this.#end);
    this.#end += length;
  }

  #writeList(slot: number, list: readonly unknown[]): void {
    this.#slot(slot, LIST, list.length);
    const first = this.#end;
    this.#end += list.length * SLOT;
    for (let index = 0; index < list.length; index++) this.#write(first + index * SLOT, list[index], false);
  }

  /** Reads a result of that length, and overwrites it. */
  #result(length: number, event: (() => unknown) | undefined, verify: number | undefined): any {
    if (length < 0) throw new Error("@payvost/webhooks: internal error");
    this.#refresh();
    const start = (this.#at = this.exports.result());
    try {
      return this.#read(event, verify);
    } finally {
      this.#bytes.fill(0, start, start + length);
    }
  }

  #read(event: (() => unknown) | undefined, verify: number | undefined): unknown {
    switch (this.#byte()) {
      case 0:
        return undefined;
      case 1:
        return null;
      case 2:
        return false;
      case 3:
        return true;
      case 4:
        this.#at += 8;
        return this.#view.getFloat64(this.#at - 8, true);
      case 5: {
        const length = this.#word();
        this.#at += length;
        return this.#text(this.#at - length, this.#at);
      }
      case 6: {
        const length = this.#word();
        this.#at += length;
        const bytes = this.#bytes.slice(this.#at - length, this.#at);
        return typeof Buffer === "function" ? Buffer.from(bytes.buffer) : bytes;
      }
      case 7: {
        const list: unknown[] = [];
        for (let [index, length] = [0, this.#word()]; index < length; index++) define(list, index, this.#read(event, verify));
        return list;
      }
      case 8:
        return this.#function(verify)[1];
      case 9: {
        const object = {};
        for (let count = this.#byte(); count > 0; count--) define(object, ...this.#function(verify));
        return object;
      }
      default:
        return event!();
    }
  }

  #function(verify: number | undefined): [name: string, Callable] {
    const handle = this.#word();
    const length = this.#byte();
    this.#at += length;
    const name = this.#text(this.#at - length, this.#at);
    const made: Callable = (...values) => this.#call(handle, name, values, verify);
    this.#handles.set(made, handle);
    this.#released?.register(made, handle);
    return [name, made];
  }

  #byte(): number {
    return this.#bytes[this.#at++] as number;
  }

  #word(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  #text(start: number, end: number): string {
    return utf8.decode(this.#bytes.subarray(start, end));
  }
}

/** The length of a payload: units of a string, each of which takes at least a byte, or bytes. */
function rawLength(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  if (kindOf.call(value) === "Uint8Array") return lengthOf.call(value);
  return bufferLength(value) ?? 0;
}

/** How much room the content of an argument takes at most. */
function roomOf(value: unknown, mayBeList: boolean): number {
  if (typeof value === "string") return 3 * value.length;
  if (mayBeList && isArray(value)) return value.reduce((room: number, element) => room + SLOT + roomOf(element, false), 0);
  return rawLength(value);
}

/** The bytes of a `Uint8Array` or an `ArrayBuffer` that was not transferred. */
function bytesOf(value: object): Uint8Array | undefined {
  if (kindOf.call(value) === "Uint8Array") return lengthOf.call(value) > 0 || !isDetached(bufferOf.call(value)) ? (value as Uint8Array) : undefined;
  return bufferLength(value) === undefined || isDetached(value) ? undefined : new Uint8Array(value as ArrayBuffer);
}

/** `undefined` for another object, such as a `SharedArrayBuffer`. */
function bufferLength(value: object): number | undefined {
  try {
    return lengthOfBuffer.call(value);
  } catch {
    return undefined;
  }
}

function isDetached(buffer: object): boolean {
  try {
    new Uint8Array(buffer as ArrayBuffer);
    return false;
  } catch {
    return true;
  }
}
