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

/** From this use on a table of multiples is kept for a key: it costs as much as five checks, and saves two of three. */
const USES_BEFORE_TABLE = 4;
const TABLE_BITS = 5;

/** A key that can verify something. */
export class PublicKey {
  readonly #point: Point;
  #uses = 0;

  private constructor(
    readonly bytes: Uint8Array,
    point: Point,
  ) {
    this.#point = point;
  }

  /** The key of some bytes; nothing where they are no point in its one spelling, or one of small order. */
  static of(bytes: Uint8Array): PublicKey | undefined {
    const point = pointOf(bytes);
    return point === undefined || point.isSmallOrder() ? undefined : new PublicKey(bytes, point);
  }

  verifies(message: Uint8Array, signature: Uint8Array): boolean {
    const [r, s] = [signature.subarray(0, 32), littleEndian(signature.subarray(32))];
    if (signature.length !== 64 || s >= Point.Fn.ORDER) return false;
    this.#uses += 1;
    if (this.#uses === USES_BEFORE_TABLE) this.#point.precompute(TABLE_BITS);
    const k = littleEndian(sha512(concat(r, this.bytes, message))) % Point.Fn.ORDER;
    const expected = Point.BASE.multiplyUnsafe(s).subtract(this.#point.multiplyUnsafe(k));
    return !expected.isSmallOrder() && equal(expected.toBytes(), r);
  }
}

export function verifies(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return PublicKey.of(key)?.verifies(message, signature) ?? false;
}

/** The COSE key thumbprint (RFC 9679): SHA-256 of the COSE_Key {1: 1, -1: 6, -2: key}. */
export function thumbprint(key: Uint8Array): Uint8Array {
  return digest(Uint8Array.of(0xa3, 0x01, 0x01, 0x20, 0x06, 0x21, 0x58, 0x20), key);
}
