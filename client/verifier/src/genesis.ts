/** The founding document: who begins the network. Its digest is the network's name. */

import { compare, digest, hex, unhex, utf8 } from './bytes.js';
import { encodeInOrder, fields, type Item } from './cbor.js';
import { PublicKey } from './ed25519.js';
import { parseJson, type Json } from './json.js';
import { GENESIS_BYTES_MAX, I64_MAX, U32_MAX, U64_MAX } from './limits.js';
import { ValidatorSet, type Validator } from './membership.js';
import { isTrimmed } from './names.js';

/** Why a founding document was not taken. */
export class BadGenesis extends Error {}

/** A name in both languages. */
export interface Names {
  en: string;
  zh: string;
}

export interface FoundingParty {
  id: string;
  names: Names;
  roles: string[];
  district: string | undefined;
  places: string[];
  /** The keys that sign its entries. */
  keys: Uint8Array[];
  nodes: { networkKey: Uint8Array; validatorKey: Uint8Array | undefined; power: bigint }[];
}

/** A founding document whose parts fit together. Whether it is the right one, only `networkId` shows. */
export interface Genesis {
  name: string;
  /** Ledger time before the first batch: UTC milliseconds since 1970. */
  time: bigint;
  rules: bigint;
  parties: FoundingParty[];
  /** By their four digits. */
  districts: Map<string, Names>;
  /** By UNLOCODE/district. */
  places: Map<string, Names>;
  parameters: Map<string, bigint>;
  /** The network's name to machines: 64 hexadecimal digits. */
  networkId: string;
  network: Uint8Array;
  /** The validators of height 1. */
  founders: ValidatorSet;
}

/**
 * Reads `genesis.json` and checks that its parts fit together.
 *
 * @throws BadGenesis, with the place and what is wrong there.
 */
export function parseGenesis(text: string): Genesis {
  if (utf8(text).length > GENESIS_BYTES_MAX) throw new BadGenesis('the founding document is too large');
  let json: Json;
  try {
    json = parseJson(text);
  } catch (e) {
    throw new BadGenesis(`the founding document is not JSON: ${e instanceof Error ? e.message : String(e)}`);
  }
  const document = readDocument(new Place(json, ''));
  const network = digest(encodeInOrder(itemOf(document)));
  const founders = checkedFounders(document);
  return { ...document, network, networkId: hex(network), founders };
}

type Document = Omit<Genesis, 'networkId' | 'network' | 'founders'>;

/** A value of the document and the way to it, so that every fault names its place. */
class Place {
  constructor(
    readonly value: Json,
    readonly path: string,
  ) {}

  no(expected: string): BadGenesis {
    return new BadGenesis(`${this.path || 'the founding document'}: expected ${expected}`);
  }

  /** The members of an object: all that are required, and no other than these. */
  object<R extends string, O extends string>(required: R[], optional: O[]): { [K in R]: Place } & { [K in O]: Place | undefined } {
    const members = this.#members();
    const known: string[] = [...required, ...optional];
    const strange = [...members.keys()].find((name) => !known.includes(name));
    if (strange !== undefined) throw this.no(`no member '${strange}'`);
    const missing = required.find((name) => !members.has(name));
    if (missing !== undefined) throw this.no(`a member '${missing}'`);
    return Object.fromEntries(known.map((name) => [name, members.get(name)])) as never;
  }

  map<T>(read: (place: Place) => T): Map<string, T> {
    return new Map([...this.#members()].map(([name, place]) => [name, read(place)]));
  }

  list<T>(read: (place: Place) => T): T[] {
    if (!Array.isArray(this.value)) throw this.no('a list');
    return this.value.map((item, i) => read(new Place(item, `${this.path}[${i}]`)));
  }

  text(): string {
    if (typeof this.value !== 'string') throw this.no('a text');
    return this.value;
  }

  integer(min: bigint, max: bigint): bigint {
    if (typeof this.value !== 'bigint' || this.value < min || this.value > max) {
      throw this.no(`a whole number from ${min} to ${max}`);
    }
    return this.value;
  }

  key(): Uint8Array {
    const key = unhex(this.text(), 32);
    if (key === undefined) throw this.no('a key of 32 bytes (64 hexadecimal digits)');
    return key;
  }

  #members(): Map<string, Place> {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.no('an object');
    return new Map(Object.entries(value).map(([name, item]) => [name, new Place(item, this.path ? `${this.path}.${name}` : name)]));
  }
}

/** Nothing where a member is left out or null. */
function maybe<T>(place: Place | undefined, read: (place: Place) => T): T | undefined {
  return place === undefined || place.value === null ? undefined : read(place);
}

function texts(place: Place): string[] {
  return place.list((item) => item.text());
}

function readNames(place: Place): Names {
  const { en, zh } = place.object(['en', 'zh'], []);
  return { en: en.text(), zh: zh.text() };
}

function readDocument(place: Place): Document {
  const m = place.object(['name', 'time', 'rules', 'parties', 'districts', 'places', 'parameters'], []);
  return {
    name: m.name.text(),
    time: m.time.integer(0n, U64_MAX),
    rules: m.rules.integer(0n, U32_MAX),
    parties: m.parties.list(readParty),
    districts: m.districts.map(readNames),
    places: m.places.map(readNames),
    parameters: m.parameters.map((value) => value.integer(-I64_MAX - 1n, I64_MAX)),
  };
}

function readParty(place: Place): FoundingParty {
  const m = place.object(['id', 'names', 'roles', 'keys'], ['district', 'places', 'nodes']);
  return {
    id: m.id.text(),
    names: readNames(m.names),
    roles: texts(m.roles),
    district: maybe(m.district, (district) => district.text()),
    places: m.places === undefined ? [] : texts(m.places),
    keys: m.keys.list((key) => key.key()),
    nodes: m.nodes === undefined ? [] : m.nodes.list(readNode),
  };
}

function readNode(place: Place): FoundingParty['nodes'][number] {
  const m = place.object(['network_key'], ['validator_key', 'power']);
  const power = m.power === undefined ? 0n : m.power.integer(0n, U64_MAX);
  return { networkKey: m.network_key.key(), validatorKey: maybe(m.validator_key, (key) => key.key()), power };
}

/** What is hashed. Names of districts, places and parameters stand in the order of their own bytes. */
function itemOf(document: Document): Item {
  const names = ({ en, zh }: Names): Item => fields([1, en], [2, zh]);
  return fields(
    [1, document.name],
    [2, document.time],
    [3, document.rules],
    [4, document.parties.map((party) => partyItem(party, names))],
    [5, inOrder(document.districts, names)],
    [6, inOrder(document.places, names)],
    [7, inOrder(document.parameters, (value) => value)],
  );
}

function partyItem(party: FoundingParty, names: (names: Names) => Item): Item {
  const { id, roles, district, places, keys, nodes } = party;
  const node = (n: FoundingParty['nodes'][number]): Item => fields([1, n.networkKey], [2, n.validatorKey], [3, n.power]);
  return fields([1, id], [2, names(party.names)], [3, roles], [4, district], [5, places], [6, keys], [7, nodes.map(node)]);
}

function inOrder<T>(map: Map<string, T>, item: (value: T) => Item): Map<string, Item> {
  const sorted = [...map].sort(([a], [b]) => compare(utf8(a), utf8(b)));
  return new Map(sorted.map(([name, value]) => [name, item(value)]));
}

/** What no single field shows: every name is known, every key has one purpose and one owner. */
function checkedFounders(document: Document): ValidatorSet {
  const { name, parties, districts, places } = document;
  if (name === '' || !isTrimmed(name)) throw new BadGenesis(`name is ${JSON.stringify(name)}, expected a short name`);
  for (const place of places.keys()) {
    const district = /^[^/]*\/(.*)$/s.exec(place)?.[1];
    if (district === undefined || !districts.has(district)) {
      throw new BadGenesis(`place ${place}: expected UNLOCODE/district with a district of this document`);
    }
  }
  const [ids, keys] = [new Set<string>(), new Set<string>()];
  for (const party of parties) {
    if (ids.has(party.id)) throw new BadGenesis(`party ${party.id} stands in the document twice`);
    ids.add(party.id);
    checkParty(party, document, keys);
  }
  const founders = ValidatorSet.of(parties.flatMap(validatorsOf));
  if (typeof founders === 'string') throw new BadGenesis(founders);
  return founders;
}

function validatorsOf({ id, nodes }: FoundingParty): Validator[] {
  return nodes.flatMap(({ validatorKey, power }) => (validatorKey === undefined ? [] : [{ party: id, key: validatorKey, power }]));
}

function checkParty(party: FoundingParty, document: Document, seen: Set<string>): void {
  const no = (why: string) => new BadGenesis(`party ${party.id}: ${why}`);
  const { id, roles, district, places, keys, nodes } = party;
  if (id === '' || roles.length === 0 || keys.length === 0) throw no('expected an id, at least one role and one entry key');
  if (district !== undefined && !document.districts.has(district)) throw no(`district ${district} is not one of this document`);
  const place = places.find((name) => !document.places.has(name));
  if (place !== undefined) throw no(`place ${place} is not one of this document`);
  const nodeKeys = nodes.flatMap(({ networkKey, validatorKey }) => (validatorKey === undefined ? [networkKey] : [networkKey, validatorKey]));
  for (const key of [...keys, ...nodeKeys]) {
    const digits = hex(key);
    if (PublicKey.of(key) === undefined) throw no(`${digits} is not a key that can verify`);
    if (seen.has(digits)) throw no(`the key ${digits} already serves another purpose or party`);
    seen.add(digits);
  }
}
