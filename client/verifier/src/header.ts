/** What one agreement commits to. */

import { digest } from './bytes.js';
import { encode, fields, type Reader } from './cbor.js';
import { U32_MAX } from './limits.js';

export interface Header {
  network: Uint8Array;
  height: bigint;
  parent: Uint8Array;
  /** Ledger time: UTC milliseconds since 1970. */
  time: bigint;
  logSize: bigint;
  logRoot: Uint8Array;
  stateRoot: Uint8Array;
  refusalsSize: bigint;
  refusalsRoot: Uint8Array;
  /** Digest of this height's validator set. */
  validators: Uint8Array;
  /** Digest of the next height's. */
  nextValidators: Uint8Array;
  rules: bigint;
  /** The party whose node proposed the batch. */
  proposer: string;
}

export function readHeader(r: Reader): Header {
  return r.map((m) => ({
    network: m.need(1).bytes(32),
    height: m.need(2).uint(),
    parent: m.need(3).bytes(32),
    time: m.need(4).uint(),
    logSize: m.need(5).uint(),
    logRoot: m.need(6).bytes(32),
    stateRoot: m.need(7).bytes(32),
    refusalsSize: m.need(8).uint(),
    refusalsRoot: m.need(9).bytes(32),
    validators: m.need(10).bytes(32),
    nextValidators: m.need(11).bytes(32),
    rules: m.need(12).uint(U32_MAX),
    proposer: m.need(13).text(),
  }));
}

/** The digest that names a header, and that its validators sign. */
export function headerDigest(h: Header): Uint8Array {
  const { network, height, parent, time, logSize, logRoot, stateRoot, refusalsSize, refusalsRoot } = h;
  return digest(
    encode(
      fields(
        [1, network], [2, height], [3, parent], [4, time], [5, logSize], [6, logRoot], [7, stateRoot],
        [8, refusalsSize], [9, refusalsRoot], [10, h.validators], [11, h.nextValidators], [12, h.rules],
        [13, h.proposer],
      ),
    ),
  );
}
