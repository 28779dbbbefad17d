/** A state proof short enough for a printed code: what the founding document gives is left out. */

import { base45 } from './base45.js';
import { digest, equal } from './bytes.js';
import { Reader } from './cbor.js';
import { readLinks, type CommitProof, type Link } from './commit.js';
import { thumbprint } from './ed25519.js';
import { DEPTH_MAX, STATE_CODE_BYTES_MAX, U32_MAX } from './limits.js';
import { EMPTY_ROOT } from './log.js';
import type { ValidatorSet } from './membership.js';
import { nameFault, subjectFault } from './names.js';
import { malformed, type Refused } from './refused.js';
import { keyOf, leafHash, rootOver, valueHash } from './state-tree.js';

/** What the text of a code begins with: the format and its version. */
export const TEXT_PREFIX = 'CSGN1:';
const WHAT = 'state code';

export interface StateCode {
  family: string;
  subject: string;
  record: Uint8Array | undefined;
  /** Digest of the record, where the record itself is not in the code. */
  digest: Uint8Array | undefined;
  /** The siblings, one after the other. */
  path: Uint8Array;
  height: bigint;
  time: bigint;
  parent: Uint8Array;
  logSize: bigint;
  logRoot: Uint8Array;
  refusalsSize: bigint;
  /** Left out where it is the root of nothing. */
  refusalsRoot: Uint8Array | undefined;
  /** Left out where the set stays as it is. */
  nextValidators: Uint8Array | undefined;
  rules: bigint;
  proposer: string;
  round: bigint;
  /** By the place of the validator in the set. */
  signatures: { validator: number; signature: Uint8Array }[];
  links: Link[];
}

function no(why: string): Refused {
  return malformed(WHAT, why);
}

/** Reads the text of a code, as a scanner gives it: a line's end after it is no part of it. */
export function parseCodeText(text: string): StateCode {
  const line = text.replace(/[\r\n]+$/, '');
  if (!line.startsWith(TEXT_PREFIX)) throw no(`it does not begin with ${TEXT_PREFIX}`);
  const body = line.slice(TEXT_PREFIX.length);
  if (body.length > STATE_CODE_BYTES_MAX * 2) throw no(`${body.length} characters, no code has as many`);
  return parseCode(base45(WHAT, body));
}

export function parseCode(bytes: Uint8Array): StateCode {
  if (bytes.length > STATE_CODE_BYTES_MAX) throw no(`${bytes.length} bytes, at most ${STATE_CODE_BYTES_MAX} are taken`);
  return Reader.whole(WHAT, bytes, (r) => {
    const digestOrNull = () => r.optional(() => r.bytes(32));
    r.array(18);
    return {
      family: r.text(),
      subject: r.text(),
      record: r.optional(() => r.bytes()),
      digest: digestOrNull(),
      path: r.bytes(),
      height: r.uint(),
      time: r.uint(),
      parent: r.bytes(32),
      logSize: r.uint(),
      logRoot: r.bytes(32),
      refusalsSize: r.uint(),
      refusalsRoot: digestOrNull(),
      nextValidators: digestOrNull(),
      rules: r.uint(U32_MAX),
      proposer: r.text(),
      round: r.uint(U32_MAX),
      signatures: r.list(() => readSigned(r)),
      links: readLinks(r),
    };
  });
}

function readSigned(r: Reader): { validator: number; signature: Uint8Array } {
  r.array(2);
  return { validator: Number(r.uint(U32_MAX)), signature: r.bytes(64) };
}

/** The digest of the record, where nothing in the code is written in two ways. */
export function checkForm(code: StateCode): Uint8Array {
  const fault = nameFault('family', code.family) ?? subjectFault(code.subject);
  if (fault !== undefined) throw no(fault);
  if (code.refusalsRoot !== undefined && equal(code.refusalsRoot, EMPTY_ROOT)) {
    throw no('the root of no refusals is written out, expected it left out');
  }
  if ((code.record === undefined) === (code.digest === undefined)) throw no('expected either a record or its digest');
  return code.record === undefined ? (code.digest ?? new Uint8Array()) : digest(code.record);
}

/** The header that a code leads to, with the signatures that must be over it. */
export function commitOf(code: StateCode, recordDigest: Uint8Array, network: Uint8Array, set: ValidatorSet): CommitProof {
  if (code.nextValidators !== undefined && equal(code.nextValidators, set.digest)) {
    throw no('a validator set that stays is written out, expected it left out');
  }
  const key = keyOf(code.family, code.subject);
  const stateRoot = rootOver(key, leafHash(key, valueHash(recordDigest)), siblings(code.path));
  const { height, parent, time, logSize, logRoot, refusalsSize, rules, proposer, round } = code;
  const refusalsRoot = code.refusalsRoot ?? EMPTY_ROOT;
  const [validators, nextValidators] = [set.digest, code.nextValidators ?? set.digest];
  const header = {
    network, height, parent, time, logSize, logRoot, stateRoot, refusalsSize, refusalsRoot, validators,
    nextValidators, rules, proposer,
  };
  return { header, round, signatures: signaturesOf(code, set) };
}

function siblings(path: Uint8Array): Uint8Array[] {
  if (path.length % 32 !== 0 || path.length / 32 > DEPTH_MAX) throw no(`the path is no row of at most ${DEPTH_MAX} digests`);
  return Array.from({ length: path.length / 32 }, (_, i) => path.subarray(i * 32, i * 32 + 32));
}

function signaturesOf(code: StateCode, set: ValidatorSet): CommitProof['signatures'] {
  let last = -1;
  for (const { validator } of code.signatures) {
    if (validator <= last) throw no('the signatures are not in the order of the validators');
    last = validator;
  }
  return code.signatures.map(({ validator, signature }) => {
    const key = set.validators[validator]?.key;
    if (key === undefined) throw no(`a signature of validator ${validator}, the last is ${set.validators.length - 1}`);
    return { kid: thumbprint(key), signature };
  });
}
