/**
 * Deterministic CBOR (RFC 8949 section 4.2.1). What to read is known beforehand in every place, so
 * items are taken one by one: nothing recurses or allocates as a sender likes. The tokenizer
 * refuses long forms; definite lengths, the order of keys and the end are checked here. So bytes
 * that are read at all are the one encoding of what was read.
 */

import { Tokenizer, encode as encodeItem, rfc8949EncodeOptions } from 'cborg';
import type { Token } from 'cborg';

import { text } from './bytes.js';
import { U64_MAX } from './limits.js';
import { malformed, type Refused } from './refused.js';

const READING = { strict: true, allowIndefinite: false, allowUndefined: false, allowBigInt: true, retainStringBytes: true };

/** What is written: integers are bigint, maps have integer keys. */
export type Item = bigint | string | Uint8Array | null | Item[] | Map<bigint, Item> | Map<string, Item>;

/** The one encoding of an item. */
export function encode(item: Item): Uint8Array {
  return encodeItem(item, rfc8949EncodeOptions);
}

/** The same with text keys in the order of the map: the founding document sorts them itself. */
export function encodeInOrder(item: Item): Uint8Array {
  return encodeItem(item, { mapSorter: () => 0 });
}

/** A map with small integer keys, without those that stand for nothing. */
export function fields(...pairs: [number, Item | undefined][]): Map<bigint, Item> {
  const map = new Map<bigint, Item>();
  for (const [key, value] of pairs) {
    if (value !== undefined) map.set(BigInt(key), value);
  }
  return map;
}

/** Reads the items of one encoded thing in turn. */
export class Reader {
  readonly #what: string;
  readonly #tokens: Tokenizer;
  #ahead: Token | undefined;
  /** Where the item in hand begins. */
  #at = 0;

  constructor(what: string, bytes: Uint8Array) {
    this.#what = what;
    this.#tokens = new Tokenizer(bytes, READING);
  }

  /** Reads a whole thing, and refuses what stands after it. */
  static whole<T>(what: string, bytes: Uint8Array, read: (r: Reader) => T): T {
    const reader = new Reader(what, bytes);
    const value = read(reader);
    reader.end();
    return value;
  }

  no(why: string): Refused {
    return malformed(this.#what, why, this.#at);
  }

  uint(max: bigint = U64_MAX): bigint {
    const value = BigInt(this.#take('uint').value);
    if (value > max) throw this.no(`found ${value}, expected at most ${max}`);
    return value;
  }

  int(): bigint {
    const { name } = this.#peek().type;
    return BigInt(this.#take(name === 'negint' ? name : 'uint').value);
  }

  bytes(length?: number): Uint8Array {
    const { value } = this.#take('bytes');
    if (length !== undefined && value.length !== length) throw this.no(`found ${value.length} bytes, expected ${length}`);
    return value;
  }

  text(): string {
    // The library's own string has a sign of replacement where the bytes are no UTF-8.
    const { byteValue } = this.#take('string');
    const value = byteValue && text(byteValue);
    if (value === undefined) throw this.no('the text is not UTF-8');
    return value;
  }

  tag(expected: number): void {
    const { value } = this.#take('tag');
    if (BigInt(value) !== BigInt(expected)) throw this.no(`found tag ${value}, expected ${expected}`);
  }

  bool(): boolean {
    const found = this.#peek().type.name === 'true';
    this.#take(found ? 'true' : 'false');
    return found;
  }

  /** Whether nothing stands here, as an explicit null. */
  isNull(): boolean {
    if (this.#peek().type.name !== 'null') return false;
    this.#take('null');
    return true;
  }

  /** What `read` finds, or nothing where null stands. */
  optional<T>(read: () => T): T | undefined {
    return this.isNull() ? undefined : read();
  }

  /** The head of an array of exactly so many items. */
  array(length: number): void {
    const { value } = this.#take('array');
    if (value !== length) throw this.no(`found an array of ${value}, expected ${length}`);
  }

  /** A list of whatever `read` reads. One that is too long is refused before it is read. */
  list<T>(read: () => T, max = Infinity): T[] {
    const { value } = this.#take('array');
    if (value > max) throw this.no(`found ${value} items, expected at most ${max}`);
    const items: T[] = [];
    for (let i = 0; i < value; i += 1) items.push(read());
    return items;
  }

  /** A map whose keys are asked for in ascending order; whatever is not asked for is refused. */
  map<T>(read: (m: Fields) => T): T {
    const pairs = new Fields(this, this.#take('map').value);
    const value = read(pairs);
    pairs.end();
    return value;
  }

  /** Takes the next item where it is this integer. */
  takesInt(key: bigint): boolean {
    const { type, value } = this.#peek();
    if ((type.name !== 'uint' && type.name !== 'negint') || BigInt(value) !== key) return false;
    this.#take(type.name);
    return true;
  }

  end(): void {
    const position = this.#tokens.pos();
    if (this.#ahead !== undefined || !this.#tokens.done()) {
      this.#at = position;
      throw this.no('more bytes after a complete item');
    }
  }

  #peek(): Token {
    if (this.#ahead !== undefined) return this.#ahead;
    this.#at = this.#tokens.pos();
    if (this.#tokens.done()) throw this.no('the bytes end here');
    try {
      this.#ahead = this.#tokens.next();
    } catch (e) {
      throw this.no(e instanceof Error ? e.message : String(e));
    }
    return this.#ahead;
  }

  #take(name: string): Token {
    const token = this.#peek();
    if (token.type.name !== name) throw this.no(`found ${token.type.name}, expected ${name}`);
    this.#ahead = undefined;
    return token;
  }
}

/** The pairs of a map that is being read. */
export class Fields {
  readonly #reader: Reader;
  #left: number;

  constructor(reader: Reader, pairs: number) {
    this.#reader = reader;
    this.#left = pairs;
  }

  /** Whether this key comes next. Its value is to be read then. */
  has(key: number): boolean {
    if (this.#left === 0 || !this.#reader.takesInt(BigInt(key))) return false;
    this.#left -= 1;
    return true;
  }

  /** Fails unless this key comes next. */
  need(key: number): Reader {
    if (!this.has(key)) throw this.#reader.no(`expected the key ${key}`);
    return this.#reader;
  }

  /** What `read` reads where this key comes next, else nothing. */
  maybe<T>(key: number, read: (r: Reader) => T): T | undefined {
    return this.has(key) ? read(this.#reader) : undefined;
  }

  /** The next key, where any may come. The caller looks after their order. */
  next(max: bigint): bigint {
    if (this.#left === 0) throw this.#reader.no('expected another key');
    this.#left -= 1;
    return this.#reader.uint(max);
  }

  /** How many pairs were not read. */
  get left(): number {
    return this.#left;
  }

  end(): void {
    if (this.#left !== 0) throw this.#reader.no('a key that is unknown here, doubled or out of order');
  }
}
