/** The ledger's proof about one entry, in its two forms. */

import { equal, hex } from './bytes.js';
import { Reader, encode, type Item } from './cbor.js';
import { precommitProtected, readCommit, readLinks, type CommitProof, type Link } from './commit.js';
import { TAGGED_SIGN1, bareSign1, readSign1 } from './cose.js';
import { headerDigest, readHeader, type Header } from './header.js';
import { PATH_MAX, RECEIPT_BYTES_MAX, U32_MAX, VALIDATORS_MAX } from './limits.js';
import { malformed, type Refused } from './refused.js';

export type Claim =
  /** The statement was accepted: it is a leaf of the log. */
  | { outcome: 'accepted'; statement: Uint8Array; signer: Uint8Array }
  /** The entry was refused: its record is a leaf of the batch's refusals tree. */
  | { outcome: 'refused'; record: Uint8Array };

export interface Receipt {
  form: 'compact' | 'cose';
  claim: Claim;
  /** The number of the leaf. */
  index: bigint;
  /** The siblings on the way from the leaf to the root. */
  path: Uint8Array[];
  commit: CommitProof;
  /** Every change of the validator set between the founding and that header. */
  links: Link[];
}

/** A rule's no, as the ledger keeps it. */
export interface Refusal {
  /** The statement that was refused. */
  entry: string;
  /** Which of its actions, counted from 0. */
  action: number;
  /** The rule's number. */
  rule: number;
  field: string;
  found: string;
  expected: string;
  /** Who can put it right. */
  remedy: string;
}

/** Reads either form. */
export function parseReceipt(bytes: Uint8Array): Receipt {
  if (bytes.length > RECEIPT_BYTES_MAX) throw malformed('receipt', 'too large', RECEIPT_BYTES_MAX);
  const receipt = bytes[0] === TAGGED_SIGN1 ? readTransparent(bytes) : readCompact(bytes);
  if (receipt.path.length > PATH_MAX) throw malformed('receipt', 'longer than any log can need');
  return receipt;
}

function readCompact(bytes: Uint8Array): Receipt {
  return Reader.whole('receipt', bytes, (r) =>
    r.map((m) => {
      const statement = m.maybe(1, () => r.bytes());
      const claim: Claim =
        statement === undefined
          ? { outcome: 'refused', record: m.need(3).bytes() }
          : { outcome: 'accepted', statement, signer: m.need(2).bytes(32) };
      const index = m.need(4).uint();
      const path = m.need(5).list(() => r.bytes(32));
      return { form: 'compact', claim, index, path, commit: readCommit(m.need(6)), links: readLinks(m.need(7)) };
    }),
  );
}

const WHAT = 'statement with receipts';

/** A transparent statement (RFC 9943): the statement, its receipts (RFC 9942), and what finality needs beside them. */
function readTransparent(bytes: Uint8Array): Receipt {
  const message = Reader.whole(WHAT, bytes, (r) => readSign1(r, () => readAttached(r)));
  const { receipts, context } = message.unprotected;
  const [first] = receipts;
  if (first === undefined) throw malformed(WHAT, 'an empty list of receipts');
  checkAlike(receipts, first, context.header);
  return {
    form: 'cose',
    claim: { outcome: 'accepted', statement: bareSign1(message), signer: context.signer },
    index: first.index,
    path: first.path,
    commit: { header: context.header, round: first.round, signatures: receipts },
    links: context.links,
  };
}

interface CoseReceipt {
  protected: Uint8Array;
  kid: Uint8Array;
  round: bigint;
  signature: Uint8Array;
  size: bigint;
  index: bigint;
  path: Uint8Array[];
}

interface Context {
  signer: Uint8Array;
  header: Header;
  links: Link[];
}

function readAttached(r: Reader): { receipts: CoseReceipt[]; context: Context } {
  return r.map((m) => {
    if (m.left === 0) throw r.no('no receipts (label 394): a bare statement proves nothing');
    const receipts = m.need(394).list(() => readCoseReceipt(r.bytes()), VALIDATORS_MAX);
    const context = m.need(-65542).bytes();
    return { receipts, context: Reader.whole('receipt context', context, readContext) };
  });
}

function readContext(r: Reader): Context {
  return r.map((m) => ({ signer: m.need(1).bytes(32), header: readHeader(m.need(2)), links: readLinks(m.need(3)) }));
}

function readCoseReceipt(bytes: Uint8Array): CoseReceipt {
  return Reader.whole('receipt', bytes, (r) => {
    const message = readSign1(r, () => r.map((m) => readProof(m.need(396).map((n) => n.need(-1).list(() => r.bytes(), 1)), r)));
    if (message.payload !== undefined) throw r.no('the payload is not detached');
    const { kid, round } = readPrecommit(message.protected);
    return { protected: message.protected, kid, round, signature: message.signature, ...message.unprotected };
  });
}

function readProof(proofs: Uint8Array[], outer: Reader): { size: bigint; index: bigint; path: Uint8Array[] } {
  const [proof] = proofs;
  if (proof === undefined) throw outer.no('no inclusion proof');
  return Reader.whole('inclusion proof', proof, (r) => {
    r.array(3);
    return { size: r.uint(), index: r.uint(), path: r.list(() => r.bytes(32), PATH_MAX + 1) };
  });
}

/** What differs between the precommits for one batch. The rest is compared with what it must be. */
function readPrecommit(bytes: Uint8Array): { kid: Uint8Array; round: bigint } {
  return Reader.whole('receipt protected header', bytes, (r) =>
    r.map((m) => {
      m.need(1).int();
      const kid = m.need(4).bytes(32);
      m.need(15).map((claims) => [claims.need(1).text(), claims.need(2).text()]);
      m.need(395).int();
      m.need(-65541).array(4);
      const [, , round] = [r.bytes(32), r.uint(), r.uint(U32_MAX), r.bytes(32)] as const;
      return { kid, round };
    }),
  );
}

/** Fails unless the receipts differ in nothing but the signer, and say what the signed header says. */
function checkAlike(receipts: CoseReceipt[], first: CoseReceipt, header: Header): void {
  const no = (why: string): Refused => malformed(WHAT, why);
  const named = headerDigest(header);
  const path = encode(first.path as Item);
  for (const receipt of receipts) {
    if (!equal(receipt.protected, precommitProtected(header, named, first.round, receipt.kid))) {
      throw no(`the receipt of ${hex(receipt.kid)} is of another batch than the header beside it`);
    }
    if (receipt.size !== header.logSize) throw no('a tree size that is not that of the header');
    if (receipt.index !== first.index || !equal(encode(receipt.path as Item), path)) {
      throw no('the receipts give different inclusion proofs');
    }
  }
}

export function parseRefusal(bytes: Uint8Array): Refusal {
  return Reader.whole('refusal record', bytes, (r) =>
    r.map((m) => ({
      entry: hex(m.need(1).bytes(32)),
      action: Number(m.need(2).uint(U32_MAX)),
      rule: Number(m.need(3).uint(U32_MAX)),
      field: m.need(4).text(),
      found: m.need(5).text(),
      expected: m.need(6).text(),
      remedy: m.need(7).text(),
    })),
  );
}
