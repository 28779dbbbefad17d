/**
 * The ledger's one rule of signature validity. It is stricter than RFC 8032 and than the library's
 * own check, which multiplies by the cofactor and so takes signatures that others refuse:
 *
 * - the key is a point in its one spelling, and not of small order;
 * - R is spelt as the equation gives it, and not of small order;
 * - S is below the order of the group;
 * - R = S·B - k·A holds as it stands, without the cofactor.
 */

import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';

import { concat, digest, equal } from './bytes.js';

const { Point } = ed25519;
type Point = InstanceType<typeof Point>;

/** The point of some bytes; nothing where they are none, or its second spelling. */
function pointOf(bytes: Uint8Array): Point | undefined {
  try {
    return Point.fromBytes(bytes, false);
  } catch {
    return undefined;
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** The point of a key that can verify anything; nothing where it can not. */
function keyOf(bytes: Uint8Array): Point | undefined {
  const point = pointOf(bytes);
  return point === undefined || point.isSmallOrder() ? undefined : point;
}

export function isUsable(key: Uint8Array): boolean {
  return keyOf(key) !== undefined;
}

export function verifies(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const a = keyOf(key);
  const [r, s] = [signature.subarray(0, 32), littleEndian(signature.subarray(32))];
  if (a === undefined || signature.length !== 64 || s >= Point.Fn.ORDER) return false;
  const k = littleEndian(sha512(concat(r, key, message))) % Point.Fn.ORDER;
  const expected = Point.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(k));
  return !expected.isSmallOrder() && equal(expected.toBytes(), r);
}

/** The COSE key thumbprint (RFC 9679): SHA-256 of the COSE_Key {1: 1, -1: 6, -2: key}. */
export function thumbprint(key: Uint8Array): Uint8Array {
  return digest(Uint8Array.of(0xa3, 0x01, 0x01, 0x20, 0x06, 0x21, 0x58, 0x20), key);
}
