/** Who may vote at a height, and how many make a quorum. */

import { compare, digest, hex, utf8 } from './bytes.js';
import { encode, fields, type Reader } from './cbor.js';
import { PublicKey, thumbprint } from './ed25519.js';
import { U64_MAX, VALIDATORS_MAX } from './limits.js';

export interface Validator {
  party: string;
  key: Uint8Array;
  /** Its weight, at least 1. */
  power: bigint;
}

/** A validator whose key was read. */
type Member = Validator & { verifying: PublicKey };

/** The validators of one height, by party and then by key. Never empty, never doubled. */
export class ValidatorSet {
  readonly validators: readonly Member[];
  readonly totalPower: bigint;
  /** What headers commit to. */
  readonly digest: Uint8Array;
  /** By the thumbprints of their keys. */
  readonly byKid: ReadonlyMap<string, Member>;

  private constructor(members: Member[]) {
    this.validators = members;
    this.totalPower = members.reduce((sum, v) => sum + v.power, 0n);
    this.digest = digest(encode(members.map((v) => fields([1, v.party], [2, v.key], [3, v.power]))));
    this.byKid = new Map(members.map((v) => [hex(thumbprint(v.key)), v]));
  }

  /** A set of validators in any order, or why they are none. */
  static of(unsorted: Validator[]): ValidatorSet | string {
    const validators = [...unsorted].sort(inOrder);
    const count = validators.length;
    if (count === 0 || count > VALIDATORS_MAX) return `${count} validators, expected 1 to ${VALIDATORS_MAX}`;
    const members = new Map<string, Member>();
    let total = 0n;
    for (const validator of validators) {
      const { party, key, power } = validator;
      const [name, verifying] = [hex(key), PublicKey.of(key)];
      if (members.has(name)) return `the key ${name} stands in the set twice`;
      if (verifying === undefined) return `${name} is not a key that can verify`;
      members.set(name, { ...validator, verifying });
      total += power;
      // A third of the range keeps the quorum's threefold inside 64 bits.
      if (power === 0n || total > U64_MAX / 3n) return `the power ${power} of ${party} does not fit`;
    }
    return new ValidatorSet([...members.values()]);
  }

  static read(r: Reader): ValidatorSet {
    const listed = r.list(() => r.map((m) => ({ party: m.need(1).text(), key: m.need(2).bytes(32), power: m.need(3).uint() })), VALIDATORS_MAX);
    if (listed.some((v, i) => i > 0 && inOrder(listed[i - 1] ?? v, v) > 0)) throw r.no('the validators are out of order');
    const set = ValidatorSet.of(listed);
    if (typeof set === 'string') throw r.no(set);
    return set;
  }

  /** More than two thirds: so much that two such groups always share an honest member. */
  isQuorum(power: bigint): boolean {
    return power * 3n > this.totalPower * 2n;
  }
}

function inOrder(a: Validator, b: Validator): number {
  return compare(utf8(a.party), utf8(b.party)) || compare(a.key, b.key);
}
