/** The COSE_Sign1 messages of the ledger (RFC 9052). */

import { concat } from './bytes.js';
import { encode, type Reader } from './cbor.js';

/** The first byte of every tagged COSE_Sign1. */
export const TAGGED_SIGN1 = 0xd2;
const TAG_SIGN1 = 18;

/** A tagged COSE_Sign1 whose unprotected header was read as it is meant in its place. */
export interface Sign1<U> {
  protected: Uint8Array;
  unprotected: U;
  /** Nothing where it is detached. */
  payload: Uint8Array | undefined;
  signature: Uint8Array;
}

export function readSign1<U>(r: Reader, unprotectedHeader: () => U): Sign1<U> {
  r.tag(TAG_SIGN1);
  r.array(4);
  const protectedHeader = r.bytes();
  const unprotected = unprotectedHeader();
  const payload = r.optional(() => r.bytes());
  return { protected: protectedHeader, unprotected, payload, signature: r.bytes(64) };
}

/** The same with an empty unprotected header: a statement, as the log holds it. */
export function bareSign1(message: Sign1<unknown>): Uint8Array {
  const parts = [message.protected, new Map<bigint, never>(), message.payload ?? null, message.signature];
  return concat(Uint8Array.of(TAGGED_SIGN1), encode(parts));
}

/** What every COSE signature of the ledger is made over (RFC 9052 section 4.4). */
export function sigStructure(protectedHeader: Uint8Array, payload: Uint8Array): Uint8Array {
  return encode(['Signature1', protectedHeader, new Uint8Array(), payload]);
}
