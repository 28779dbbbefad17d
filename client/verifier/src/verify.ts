/** The checks: each against the founding document alone, step by step, without any node. */

import { digest, hex, text, unhex } from './bytes.js';
import { checkCommit, follow, type CommitProof, type Link } from './commit.js';
import type { Genesis } from './genesis.js';
import { headerDigest } from './header.js';
import { checkListing, isLineStatement, lineOf, parseLineStatement, type Drawdown, type Line } from './line-statement.js';
import { includes } from './log.js';
import type { ValidatorSet } from './membership.js';
import { parseReceipt, parseRefusal, type Claim, type Receipt, type Refusal } from './receipt.js';
import { Refused } from './refused.js';
import { report, type Failed, type Kind, type Passed, type Passing } from './report.js';
import { checkForm, commitOf, parseCode, parseCodeText, TEXT_PREFIX } from './state-code.js';
import { checkPath, isStateProof, parseStateProof } from './state-proof.js';
import { isSignedBy, parseStatement, type Algorithm, type Payload } from './statement.js';

/** What the final header proves. Times are UTC milliseconds since 1970, digests hexadecimal. */
export interface HeaderFacts {
  height: bigint;
  time: bigint;
  round: number;
  headerDigest: string;
  logSize: bigint;
  rules: number;
  proposer: string;
  /** The parties whose nodes signed. */
  signers: string[];
}

/** What a receipt proves. */
export type ReceiptFacts = HeaderFacts & {
  form: Receipt['form'];
  /** The entry's name. */
  entry: string;
  /** The number of its leaf. */
  leaf: bigint;
} & ({ outcome: 'accepted'; statement: Payload } | { outcome: 'refused'; refusal: Refusal });

/** What a state proof proves. */
export type StateFacts = HeaderFacts & {
  family: string;
  subject: string;
  stateRoot: string;
  state: 'present' | 'absent';
  /** The record as the ledger keeps it, and its digest, where there is one. */
  record?: Uint8Array;
  digest?: string;
};

/** What a state code proves: that the record with this digest stood under this name. */
export type CodeFacts = HeaderFacts & {
  family: string;
  subject: string;
  stateRoot: string;
  digest: string;
  record?: Uint8Array;
};

/** What the statement of a guarantee line proves: the line, and every drawdown that lived on it then. */
export type LineFacts = HeaderFacts & { filingNo: string; line: Line; live: Drawdown[] };

/** What a statement shows by itself: who signed it. Whether a ledger took it, only a receipt shows. */
export interface StatementFacts {
  entry: string;
  kid: string;
  algorithm: Algorithm;
  statement: Payload;
}

/** What a state proof must be about. */
export interface Asked {
  /** `family/subject` */
  subject?: string;
  height?: bigint | number;
}

export type Checked<K extends Kind, F> = Passed<K, F> | Failed<K>;
export type ReceiptReport = Checked<'receipt', ReceiptFacts>;
export type StateReport = Checked<'state-proof', StateFacts>;
export type CodeReport = Checked<'state-code', CodeFacts>;
export type LineReport = Checked<'line-statement', LineFacts>;
export type StatementReport = Checked<'statement', StatementFacts>;

/** Checks a receipt in either form, of an accepted or a refused entry. */
export function verifyReceipt(bytes: Uint8Array, genesis: Genesis): ReceiptReport {
  return report('receipt', (steps) => {
    const receipt = parseReceipt(bytes);
    steps.pass('form');
    const facts = checkFinal(steps, genesis, receipt.commit, receipt.links);
    const claim = checkClaim(steps, receipt.claim, receipt.commit);
    checkInclusion(receipt);
    steps.pass('inclusion');
    return { ...facts, form: receipt.form, leaf: receipt.index, ...claim };
  });
}

/** Checks the proof of a subject's record, or of its absence; and that it is about what was asked. */
export function verifyStateProof(bytes: Uint8Array, genesis: Genesis, asked: Asked = {}): StateReport {
  return report('state-proof', (steps) => stateFacts(steps, bytes, genesis, asked));
}

/** Checks the text of a state code as a scanner gives it, or its bytes. */
export function verifyStateCode(code: string | Uint8Array, genesis: Genesis): CodeReport {
  return report('state-code', (steps) => {
    const parsed = typeof code === 'string' ? parseCodeText(code) : parseCode(code);
    const { family, subject, record } = parsed;
    const recordDigest = checkForm(parsed);
    steps.pass('form');
    const set = setAt(steps, genesis, parsed.links, parsed.height);
    const commit = commitOf(parsed, recordDigest, genesis.network, set);
    const facts = checkQuorum(steps, genesis, commit, set);
    const proven = { family, subject, stateRoot: hex(commit.header.stateRoot), digest: hex(recordDigest) };
    return { ...facts, ...proven, ...(record === undefined ? {} : { record }) };
  });
}

/** Checks the statement of a guarantee line: its record is in the signed state, and the listing is complete. */
export function verifyLineStatement(bytes: Uint8Array, genesis: Genesis, asked: Asked = {}): LineReport {
  return report('line-statement', (steps) => {
    const { proof, live } = parseLineStatement(bytes);
    const { family, subject, record, state: _, stateRoot: __, digest: ___, ...facts } = stateFacts(steps, proof, genesis, {});
    const { filingNo, line } = lineOf(family, subject, record);
    checkListing(line, live);
    steps.pass('listing');
    checkAsked(steps, asked, `${family}/${subject}`, facts.height);
    return { ...facts, filingNo, line, live };
  });
}

/** Checks a statement alone: its form, and that the key (64 hexadecimal digits) signed it for this network. */
export function verifyStatement(bytes: Uint8Array, key: string, genesis?: Genesis): StatementReport {
  return report('statement', (steps) => {
    const statement = parseStatement(bytes);
    const { id, kid, algorithm, payload } = statement;
    steps.pass('form');
    if (genesis !== undefined && payload.network !== genesis.networkId) throw otherNetwork();
    if (!isSignedBy(statement, unhex(key, 32) ?? new Uint8Array())) throw notSigned(kid);
    steps.pass('signature');
    return { entry: id, kid: hex(kid), algorithm, statement: payload };
  });
}

/** Whether a file begins as one of those of which a subject and a height can be asked. */
export function answersQuestions(bytes: Uint8Array): boolean {
  return isStateProof(bytes) || isLineStatement(bytes);
}

export type FileReport = ReceiptReport | StateReport | CodeReport | LineReport;

/** Tells the kinds of file apart by how they begin, and checks each as its own kind. */
export function verifyFile(bytes: Uint8Array, genesis: Genesis, asked: Asked = {}): FileReport {
  if (isLineStatement(bytes)) return verifyLineStatement(bytes, genesis, asked);
  if (isStateProof(bytes)) return verifyStateProof(bytes, genesis, asked);
  const prefix = text(bytes.subarray(0, TEXT_PREFIX.length));
  if (prefix === TEXT_PREFIX) return verifyStateCode(text(bytes) ?? '', genesis);
  return verifyReceipt(bytes, genesis);
}

/** The steps of a state proof. */
export function stateFacts(steps: Passing, bytes: Uint8Array, genesis: Genesis, asked: Asked): StateFacts {
  const proof = parseStateProof(bytes);
  steps.pass('form');
  const facts = checkFinal(steps, genesis, proof.commit, proof.links);
  checkPath(proof);
  steps.pass('state');
  const { family, subject, record } = proof;
  checkAsked(steps, asked, `${family}/${subject}`, facts.height);
  const proven = { ...facts, family, subject, stateRoot: hex(proof.commit.header.stateRoot) };
  return record === undefined ? { ...proven, state: 'absent' } : { ...proven, state: 'present', record, digest: hex(digest(record)) };
}

/** The validators of a height. The founding document was checked when it was read. */
function setAt(steps: Passing, genesis: Genesis, links: Link[], height: bigint): ValidatorSet {
  steps.pass('founding');
  const set = follow(genesis.founders, genesis.network, links, height);
  steps.pass('membership');
  return set;
}

function checkQuorum(steps: Passing, genesis: Genesis, commit: CommitProof, set: ValidatorSet): HeaderFacts {
  const signers = checkCommit(commit, genesis.network, set);
  steps.pass('quorum');
  const { header, round } = commit;
  const { height, time, logSize, rules, proposer } = header;
  return { height, time, round: Number(round), headerDigest: hex(headerDigest(header)), logSize, rules: Number(rules), proposer, signers };
}

function checkFinal(steps: Passing, genesis: Genesis, commit: CommitProof, links: Link[]): HeaderFacts {
  return checkQuorum(steps, genesis, commit, setAt(steps, genesis, links, commit.header.height));
}

function otherNetwork(): Refused {
  return new Refused('signature', 'the statement was made for another network');
}

function notSigned(kid: Uint8Array): Refused {
  return new Refused('signature', `the key ${hex(kid)} did not sign this statement`);
}

type ClaimFacts = { entry: string } & ({ outcome: 'accepted'; statement: Payload } | { outcome: 'refused'; refusal: Refusal });

function checkClaim(steps: Passing, claim: Claim, commit: CommitProof): ClaimFacts {
  if (claim.outcome === 'refused') {
    const refusal = parseRefusal(claim.record);
    return { outcome: 'refused', entry: refusal.entry, refusal };
  }
  const statement = parseStatement(claim.statement);
  const { id, kid, payload } = statement;
  if (payload.network !== hex(commit.header.network)) throw otherNetwork();
  if (!isSignedBy(statement, claim.signer)) throw notSigned(kid);
  steps.pass('signature');
  return { outcome: 'accepted', entry: id, statement: payload };
}

function checkInclusion({ claim, commit, index, path }: Receipt): void {
  const { logSize, logRoot, refusalsSize, refusalsRoot } = commit.header;
  const [leaf, size, root] =
    claim.outcome === 'accepted' ? [claim.statement, logSize, logRoot] : [claim.record, refusalsSize, refusalsRoot];
  if (!includes(size, root, index, leaf, path)) {
    throw new Refused('inclusion', `leaf ${index} of ${size} does not lead to the root ${hex(root)}`);
  }
}

function checkAsked(steps: Passing, { subject, height }: Asked, proven: string, at: bigint): void {
  if (subject !== undefined && subject !== proven) {
    throw new Refused('question', `the proof is of ${proven}, expected ${subject}`, 'OtherSubject');
  }
  if (height !== undefined && BigInt(height) !== at) {
    throw new Refused('question', `the proof is of height ${at}, expected ${height}`, 'OtherHeight');
  }
  if (subject !== undefined || height !== undefined) steps.pass('question');
}
