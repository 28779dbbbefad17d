/** The state tree: a Jellyfish Merkle tree over SHA-256 (record.cddl says how). */

import { concat, digest, utf8 } from './bytes.js';
import { DEPTH_MAX } from './limits.js';

const LEAF = utf8('JMT::LeafNode');
/** The word is misspelt in every such tree. */
const INNER = utf8('JMT::IntrnalNode');
/** A subtree without a leaf. */
export const NOTHING = utf8('SPARSE_MERKLE_PLACEHOLDER_HASH__');

/** The place of a subject in the tree. */
export function keyOf(family: string, subject: string): Uint8Array {
  return digest(utf8(`${family}/${subject}\0`));
}

/** What a leaf holds of a record: the digest of its digest. */
export function valueHash(recordDigest: Uint8Array): Uint8Array {
  return digest(recordDigest);
}

export function leafHash(key: Uint8Array, value: Uint8Array): Uint8Array {
  return digest(LEAF, key, value);
}

function bit(key: Uint8Array, depth: number): number {
  return ((key[depth >> 3] ?? 0) >> (7 - (depth & 7))) & 1;
}

/** How many bits two keys have in common, from the root on. */
export function sharedBits(a: Uint8Array, b: Uint8Array): number {
  let depth = 0;
  while (depth < DEPTH_MAX && bit(a, depth) === bit(b, depth)) depth += 1;
  return depth;
}

/** The root over what stands at a key's place; `path` are at most DEPTH_MAX siblings from there upwards. */
export function rootOver(key: Uint8Array, place: Uint8Array, path: Uint8Array[]): Uint8Array {
  let [below, depth] = [place, path.length];
  for (const sibling of path) {
    depth -= 1;
    below = digest(INNER, bit(key, depth) === 1 ? concat(sibling, below) : concat(below, sibling));
  }
  return below;
}
