/** A quorum's signatures over a header, and the changes of the validator set that they carry on. */

import { equal, hex } from './bytes.js';
import { encode, type Item, type Reader } from './cbor.js';
import { sigStructure } from './cose.js';
import { headerDigest, readHeader, type Header } from './header.js';
import { U32_MAX } from './limits.js';
import { ValidatorSet } from './membership.js';
import { Refused } from './refused.js';

export interface CommitSignature {
  /** Thumbprint of the validator's key. */
  kid: Uint8Array;
  signature: Uint8Array;
}

/** A header with the signatures that made it final. */
export interface CommitProof {
  header: Header;
  round: bigint;
  signatures: CommitSignature[];
}

/** A change of the validator set: the last header of the old set, and the new set. */
export interface Link {
  commit: CommitProof;
  next: ValidatorSet;
}

export function readCommit(r: Reader): CommitProof {
  return r.map((m) => ({
    header: readHeader(m.need(1)),
    round: m.need(2).uint(U32_MAX),
    signatures: m.need(3).list(() => {
      r.array(2);
      return { kid: r.bytes(32), signature: r.bytes(64) };
    }),
  }));
}

export function readLinks(r: Reader): Link[] {
  return r.list(() => r.map((m) => ({ commit: readCommit(m.need(1)), next: ValidatorSet.read(m.need(2)) })));
}

/** Protected header of the COSE receipt (RFC 9942) that a precommit is: it names all that was agreed. */
export function precommitProtected(header: Header, named: Uint8Array, round: bigint, kid: Uint8Array): Uint8Array {
  const issuer = `urn:countersign:${hex(header.network).slice(0, 16)}`;
  const labels = new Map<bigint, Item>([
    [1n, -8n],
    [4n, kid],
    [15n, new Map<bigint, Item>([[1n, issuer], [2n, 'log']])],
    [395n, 1n],
    [-65541n, [header.network, header.height, round, named]],
  ]);
  return encode(labels);
}

/** What a validator signs: the Sig_structure of a receipt whose detached payload is the log root. */
export function precommitSignedBytes(header: Header, named: Uint8Array, round: bigint, kid: Uint8Array): Uint8Array {
  return sigStructure(precommitProtected(header, named, round, kid), header.logRoot);
}

/**
 * Checks that more than two thirds of a set signed a header, and returns the parties that did. Every
 * signature must be good: one that is not spoils the proof, so no byte of it changes unnoticed.
 */
export function checkCommit(commit: CommitProof, network: Uint8Array, set: ValidatorSet): string[] {
  const { header, round, signatures } = commit;
  const no = (why: string, fault: string) => new Refused('quorum', why, fault);
  if (!equal(header.network, network)) {
    throw no(`the header belongs to the network ${hex(header.network)}`, 'OtherNetwork');
  }
  if (!equal(header.validators, set.digest)) {
    throw no(`the header names the validator set ${hex(header.validators)}, which is not the known one`, 'OtherValidators');
  }
  const named = headerDigest(header);
  const signers = new Map<string, string>();
  let power = 0n;
  for (const { kid, signature } of signatures) {
    const name = hex(kid);
    const validator = set.byKid.get(name);
    if (validator === undefined) throw no(`${name} is no validator of this height`, 'NotAValidator');
    if (signers.has(name)) throw no(`${validator.party} is counted twice`, 'SignedTwice');
    if (!validator.verifying.verifies(precommitSignedBytes(header, named, round, kid), signature)) {
      throw no(`the signature of ${validator.party} does not fit`, 'BadSignature');
    }
    signers.set(name, validator.party);
    power += validator.power;
  }
  if (!set.isQuorum(power)) {
    throw no(`voting power ${power} of ${set.totalPower} signed, expected more than two thirds`, 'NoQuorum');
  }
  return [...signers.values()];
}

/** The set of a height, from the founders on over every change, each signed by the set before it. */
export function follow(founders: ValidatorSet, network: Uint8Array, links: Link[], height: bigint): ValidatorSet {
  let [set, since] = [founders, 0n];
  for (const { commit, next } of links) {
    const at = commit.header.height;
    const no = (why: string) => new Refused('membership', why);
    if (at >= height || at <= since) throw no(`a change at height ${at} is out of order`);
    try {
      checkCommit(commit, network, set);
    } catch (e) {
      throw e instanceof Refused ? no(e.message) : e;
    }
    if (!equal(commit.header.nextValidators, next.digest)) throw no(`the header at height ${at} commits to another set`);
    if (equal(next.digest, set.digest)) throw no(`nothing changes at height ${at}`);
    [set, since] = [next, at];
  }
  return set;
}
