/** The proof that a subject's record is, or is not, in the state of a height. */

import { digest, equal, hex } from './bytes.js';
import { Reader } from './cbor.js';
import { readCommit, readLinks, type CommitProof, type Link } from './commit.js';
import { DEPTH_MAX, STATE_PROOF_BYTES_MAX } from './limits.js';
import { nameFault, subjectFault } from './names.js';
import { malformed, Refused } from './refused.js';
import { keyOf, leafHash, NOTHING, rootOver, sharedBits, valueHash } from './state-tree.js';

export interface StateProof {
  family: string;
  subject: string;
  key: Uint8Array;
  /** The record, where there is one. */
  record: Uint8Array | undefined;
  /** The leaf of another subject that stands alone in this one's part of the tree. */
  other: { key: Uint8Array; value: Uint8Array } | undefined;
  /** The siblings on the way to the state root. */
  path: Uint8Array[];
  commit: CommitProof;
  links: Link[];
}

const WHAT = 'state proof';

/** Whether a file begins as a state proof does: a map of six or seven, of which the path (5) is first. */
export function isStateProof(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xa6 || bytes[0] === 0xa7) && bytes[1] === 0x05;
}

export function parseStateProof(bytes: Uint8Array): StateProof {
  if (bytes.length > STATE_PROOF_BYTES_MAX) {
    throw malformed(WHAT, `${bytes.length} bytes, at most ${STATE_PROOF_BYTES_MAX} are taken`, STATE_PROOF_BYTES_MAX);
  }
  const proof = Reader.whole(WHAT, bytes, readStateProof);
  const fault = nameFault('family', proof.family) ?? subjectFault(proof.subject);
  if (fault !== undefined) throw malformed(WHAT, fault);
  const expected = keyOf(proof.family, proof.subject);
  if (!equal(proof.key, expected)) {
    throw malformed(WHAT, `the key ${hex(proof.key)} is not that of the subject, expected ${hex(expected)}`);
  }
  return proof;
}

function readStateProof(r: Reader): StateProof {
  return r.map((m) => {
    const path = m.need(5).list(() => r.bytes(32), DEPTH_MAX);
    const [commit, links] = [readCommit(m.need(6)), readLinks(m.need(7))];
    const [family, subject, key] = [m.need(8).text(), m.need(9).text(), m.need(10).bytes(32)];
    const record = m.maybe(11, () => r.bytes());
    const other = m.maybe(12, () => {
      r.array(2);
      return { key: r.bytes(32), value: r.bytes(32) };
    });
    if (record !== undefined && other !== undefined) throw r.no('expected either a record or another leaf in its place');
    return { family, subject, key, record, other, path, commit, links };
  });
}

/** Fails unless the path leads from what was found to the state root of the header. */
export function checkPath(proof: StateProof): void {
  const { key, record, other, path, commit } = proof;
  const root = commit.header.stateRoot;
  if (equal(rootOver(key, placeOf(key, record, other, path.length), path), root)) return;
  const [found, fault] = record === undefined ? ['absence', 'NotAbsent'] : ['record', 'NotPresent'];
  throw new Refused('state', `the ${found} does not lead to the state root ${hex(root)} of that height`, fault);
}

function placeOf(key: Uint8Array, record: Uint8Array | undefined, other: StateProof['other'], depth: number): Uint8Array {
  if (record !== undefined) return leafHash(key, valueHash(digest(record)));
  if (other === undefined) return NOTHING;
  if (equal(other.key, key)) {
    throw new Refused('state', "the leaf that is shown as another's is the subject's own", 'OwnLeaf');
  }
  const shared = sharedBits(other.key, key);
  if (shared < depth) {
    const why = `the leaf that is shown does not stand in the subject's place: its key shares ${shared} bits with it, expected ${depth}`;
    throw new Refused('state', why, 'LeafElsewhere');
  }
  return leafHash(other.key, other.value);
}
