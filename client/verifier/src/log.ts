/** The Merkle log of RFC 9162. */

import { digest, equal } from './bytes.js';
import { LOG_SIZE_MAX, PATH_MAX } from './limits.js';

const LEAF = Uint8Array.of(0);
const INNER = Uint8Array.of(1);

/** The root over no leaves. */
export const EMPTY_ROOT = digest();

/**
 * The root that a leaf leads to over its siblings, from the leaf upwards (RFC 9162 section 2.1.3.2);
 * nothing where a log of that size has no such leaf, or another number of siblings.
 */
export function rootOver(size: bigint, index: bigint, entry: Uint8Array, path: Uint8Array[]): Uint8Array | undefined {
  if (size > LOG_SIZE_MAX || path.length > PATH_MAX || index >= size) return undefined;
  let [at, last, root] = [index, size - 1n, digest(LEAF, entry)];
  for (const sibling of path) {
    if (last === 0n) return undefined;
    if ((at & 1n) === 1n || at === last) {
      root = digest(INNER, sibling, root);
      // Where the tree is not full, a node that has no right neighbour rises until it has a left one.
      while ((at & 1n) === 0n && at !== 0n) [at, last] = [at >> 1n, last >> 1n];
    } else {
      root = digest(INNER, root, sibling);
    }
    [at, last] = [at >> 1n, last >> 1n];
  }
  return last === 0n ? root : undefined;
}

export function includes(size: bigint, root: Uint8Array, index: bigint, entry: Uint8Array, path: Uint8Array[]): boolean {
  const found = rootOver(size, index, entry, path);
  return found !== undefined && equal(found, root);
}
