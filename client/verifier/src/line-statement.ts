/**
 * The statement of a guarantee line: its record under a proven state, and every drawdown that lives on
 * it. The record commits to the drawdowns, so none can be left out, added or changed.
 */

import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';

import { compare, concat, hex, utf8 } from './bytes.js';
import { encode, fields, Reader, type Fields } from './cbor.js';
import { LINE_STATEMENT_BYTES_MAX } from './limits.js';
import { malformed, Refused } from './refused.js';

const WHAT = 'line statement';
/** What stands before the hashed facts of a drawdown. */
const DOMAIN = utf8('countersign guarantee live 1');

const STANDINGS = ['filed', 'active', 'suspended', 'expired', 'closed'] as const;
const GUARANTORS = ['bank', 'insurer', 'finance_company', 'third_party', 'cash'] as const;
const SCOPES = ['consolidated', 'payment_term', 'tax_elements'] as const;

/** By whom something came to be: the party, its entry, and ledger time. */
export interface By {
  party: string;
  entry: string;
  at: bigint;
}

/** A guarantee line as the ledger keeps it. Sums are in fen, times in UTC milliseconds. */
export interface Line {
  standing: (typeof STANDINGS)[number];
  by: By;
  /** District of the office that filed it. */
  office: string;
  instrumentNo: string;
  guarantorKind: (typeof GUARANTORS)[number];
  enterprise: string;
  beneficiaries: string[];
  limitFen: bigint;
  /** What is open on its live drawdowns. */
  usedFen: bigint;
  /** How many drawdowns live on it. */
  live: bigint;
  /** The commitment to them all. */
  liveSet: string;
  scope: (typeof SCOPES)[number][];
  validFrom: bigint;
  validTo: bigint;
  coversLateFee: boolean;
  dataDigest: string;
  declarants: string[];
  claimsOpen: bigint;
  settledFen: bigint;
  noticeDays: bigint;
  guarantor?: string;
  activated?: By;
}

/** A drawdown that lives on a line. */
export interface Drawdown {
  entryNo: string;
  openFen: bigint;
  scope: (typeof SCOPES)[number];
  /** The last moment of the day on which the tax falls due. */
  due: bigint;
  enterprise: string;
}

export interface LineStatement {
  /** The state proof of the line. */
  proof: Uint8Array;
  live: Drawdown[];
}

/** Whether a file begins as a line's statement does: a map of two, of which the proof (12) is first. */
export function isLineStatement(bytes: Uint8Array): boolean {
  return bytes[0] === 0xa2 && bytes[1] === 0x0c;
}

export function parseLineStatement(bytes: Uint8Array): LineStatement {
  if (bytes.length > LINE_STATEMENT_BYTES_MAX) throw malformed(WHAT, 'too large', LINE_STATEMENT_BYTES_MAX);
  return Reader.whole(WHAT, bytes, (r) => r.map((m) => ({ proof: m.need(12).bytes(), live: m.need(13).list(() => readLive(r)) })));
}

function readLive(r: Reader): Drawdown {
  return r.map((m) => ({
    entryNo: m.need(1).text(),
    openFen: m.need(2).uint(),
    scope: word(m.need(3), SCOPES),
    due: m.need(4).uint(),
    enterprise: m.need(5).text(),
  }));
}

/** The line that a proven record holds; a refusal where it is none, or in a form that is not known here. */
export function lineOf(family: string, subject: string, record: Uint8Array | undefined): { filingNo: string; line: Line } {
  const none = new Refused('state', `${family}/${subject} is proven, expected a guarantee line`);
  if (family !== 'guarantee' || !subject.startsWith('line:') || record === undefined) throw none;
  try {
    return { filingNo: subject.slice('line:'.length), line: Reader.whole('record', record, readRecord) };
  } catch (e) {
    throw e instanceof Refused ? none : e;
  }
}

/** Fails unless the listing is exactly the drawdowns that the line commits to, in the order of their numbers. */
export function checkListing(line: Line, live: Drawdown[]): void {
  const no = (why: string) => new Refused('state', why);
  let [used, sum] = [0n, ristretto255.Point.ZERO];
  for (const [i, drawdown] of live.entries()) {
    const order = i === 0 ? -1 : compare(utf8(live[i - 1]?.entryNo ?? ''), utf8(drawdown.entryNo));
    if (order > 0) throw no(`drawdown ${drawdown.entryNo} is listed after one of a higher number`);
    if (order === 0) throw no(`drawdown ${drawdown.entryNo} is listed twice`);
    used += drawdown.openFen;
    sum = sum.add(pointOf(drawdown));
  }
  if (BigInt(live.length) !== line.live) throw no(`${live.length} drawdowns are listed, and the line has ${line.live}`);
  if (used !== line.usedFen) throw no(`the listed drawdowns sum to ${used} fen, and the line has ${line.usedFen} used`);
  if (hex(sum.toBytes()) !== line.liveSet) throw no('a listed drawdown differs from the one that the line commits to');
}

/** The element of ristretto255 that stands for a drawdown (RFC 9496 section 4.3.4). */
export function pointOf({ entryNo, openFen, scope, due, enterprise }: Drawdown): InstanceType<typeof ristretto255.Point> {
  const facts = fields([1, entryNo], [2, openFen], [3, BigInt(SCOPES.indexOf(scope))], [4, due], [5, enterprise]);
  // Optional in the library's type alone: ristretto255 is the curve that has it.
  return ristretto255_hasher.deriveToCurve!(sha512(concat(DOMAIN, encode(facts))));
}

/** A subject's record: its version, and the state; of families the fourth, of its subjects the first. */
function readRecord(r: Reader): Line {
  return r.map((m) => {
    m.need(1).uint();
    m.need(2).array(2);
    for (const variant of [3n, 0n]) {
      if (!r.takesInt(variant)) throw r.no('a record of another kind');
      r.array(1);
      if (variant !== 0n) r.array(2);
    }
    return r.map((line) => readLine(r, line));
  });
}

function readLine(r: Reader, m: Fields): Line {
  const line: Line = {
    standing: word(m.need(1), STANDINGS),
    by: readBy(m.need(2)),
    office: m.need(3).text(),
    instrumentNo: m.need(4).text(),
    guarantorKind: word(m.need(5), GUARANTORS),
    enterprise: m.need(6).text(),
    beneficiaries: m.need(7).list(() => r.text()),
    limitFen: m.need(8).uint(),
    usedFen: m.need(9).uint(),
    live: m.need(10).uint(),
    liveSet: hex(m.need(11).bytes(32)),
    scope: m.need(12).list(() => word(r, SCOPES)),
    validFrom: m.need(13).uint(),
    validTo: m.need(14).uint(),
    coversLateFee: m.need(15).bool(),
    dataDigest: hex(m.need(16).bytes(32)),
    declarants: m.need(17).list(() => r.text()),
    claimsOpen: m.need(18).uint(),
    settledFen: m.need(19).uint(),
    noticeDays: m.need(20).uint(),
  };
  const guarantor = m.maybe(21, () => r.text());
  const activated = m.maybe(22, readBy);
  return { ...line, ...(guarantor === undefined ? {} : { guarantor }), ...(activated === undefined ? {} : { activated }) };
}

function readBy(r: Reader): By {
  return r.map((m) => ({ party: m.need(1).text(), entry: hex(m.need(2).bytes(32)), at: m.need(3).uint() }));
}

/** A word of a list, by its number. */
function word<W extends string>(r: Reader, words: readonly W[]): W {
  const found = words[Number(r.uint(BigInt(words.length - 1)))];
  if (found === undefined) throw r.no('a number that stands for no word');
  return found;
}
