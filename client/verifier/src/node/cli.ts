/** `countersign-verify`: the check on a command line. The only part that needs Node. */

import { closeSync, openSync, readSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { hex, text } from '../bytes.js';
import { BadGenesis, parseGenesis, type Genesis } from '../genesis.js';
import { GENESIS_BYTES_MAX, LINE_STATEMENT_BYTES_MAX, U64_MAX } from '../limits.js';
import { answersQuestions, verifyFile, type Asked, type FileReport } from '../verify.js';

const HELP = `countersign-verify FILE… --genesis genesis.json

Checks receipts, state proofs, statements of guarantee lines and texts of state codes against the
founding document alone. - reads from standard input.
离线核验回执、状态证明、保函额度对账单和状态码文本，仅凭创始文件，不需要任何节点。

  --genesis FILE    the founding document, from somebody whom you trust (or COUNTERSIGN_GENESIS)
  --subject F/S     the subject that you asked about: a true proof of another one is refused
  --height N        the height that you asked about
  --json            one line of JSON a file
  --lang en|zh      the language of what is printed for people (or COUNTERSIGN_LANG)

Exit code: 0 all verified, 1 not verified, 2 misuse.
`;

/** What was asked cannot be done. The message says who can put it right. */
class Misuse extends Error {}

/** Runs the command and returns its exit code. */
export function main(args: string[]): number {
  try {
    return run(args);
  } catch (e) {
    if (!(e instanceof Misuse)) throw e;
    process.stderr.write(`countersign-verify: ${e.message}\n`);
    return 2;
  }
}

function run(args: string[]): number {
  const { values, positionals } = parsed(args);
  if (values.help === true) {
    process.stdout.write(HELP);
    return 0;
  }
  if (positionals.length === 0) throw new Misuse('expected a file; --help says more');
  const lang = values.lang ?? process.env['COUNTERSIGN_LANG'] ?? 'en';
  if (lang !== 'en' && lang !== 'zh') throw new Misuse(`--lang is ${lang}, expected en or zh`);
  const genesis = readGenesis(values.genesis || process.env['COUNTERSIGN_GENESIS']);
  const asked = askedOf(values.subject, values.height);
  const answers = positionals.map((file) => {
    const report = check(file, genesis, asked);
    const name = positionals.length > 1 ? `${file}\n` : '';
    process.stdout.write(values.json === true ? `${json(report)}\n` : name + words(report, lang));
    return report.ok;
  });
  return answers.every(Boolean) ? 0 : 1;
}

function check(file: string, genesis: Genesis, asked: Asked): FileReport {
  const bytes = read(file, LINE_STATEMENT_BYTES_MAX);
  if (!answersQuestions(bytes) && Object.keys(asked).length > 0) {
    throw new Misuse(`${file} is no state proof: --subject and --height say what a state proof must be about`);
  }
  return verifyFile(bytes, genesis, asked);
}

function parsed(args: string[]) {
  const one = { type: 'string' } as const;
  const options = {
    genesis: one, subject: one, height: one, lang: one, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' },
  } as const;
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (e) {
    throw new Misuse(`${e instanceof Error ? e.message : String(e)}; --help says more`);
  }
}

function askedOf(subject: string | undefined, height: string | undefined): Asked {
  if (subject !== undefined && !subject.includes('/')) {
    throw new Misuse(`'${subject}' names no family, expected for instance combined_port/${subject}`);
  }
  if (height !== undefined && !(/^[0-9]{1,20}$/.test(height) && BigInt(height) <= U64_MAX)) {
    throw new Misuse(`--height is ${height}, expected a number`);
  }
  return { ...(subject === undefined ? {} : { subject }), ...(height === undefined ? {} : { height: BigInt(height) }) };
}

function readGenesis(file: string | undefined): Genesis {
  if (!file) throw new Misuse('no founding document is named: --genesis FILE, from somebody whom you trust');
  const json = text(read(file, GENESIS_BYTES_MAX));
  if (json === undefined) throw new Misuse(`${file} is no text in UTF-8, expected a founding document`);
  try {
    return parseGenesis(json);
  } catch (e) {
    if (!(e instanceof BadGenesis)) throw e;
    throw new Misuse(`${file} cannot be used: ${e.message}`);
  }
}

/** The bytes of a file or of standard input, and no more than one above what can be taken. */
function read(file: string, max: number): Uint8Array {
  try {
    const from = file === '-' ? 0 : openSync(file, 'r');
    const pieces: Uint8Array[] = [];
    let [size, count] = [0, -1];
    while (count !== 0 && size <= max) {
      const piece = new Uint8Array(64 * 1024);
      count = readSync(from, piece);
      size += count;
      pieces.push(piece.subarray(0, count));
    }
    if (from !== 0) closeSync(from);
    return Buffer.concat(pieces);
  } catch (e) {
    throw new Misuse(`${file} cannot be read: ${e instanceof Error ? e.message : String(e)}`);
  }
}

/** The same names as `countersign verify --json` has; bytes are hexadecimal digits. */
function json(report: FileReport): string {
  if (!report.ok) {
    const failed = report.steps.at(-1)?.en;
    return JSON.stringify({ verified: false, kind: report.kind, step: failed, why: report.why });
  }
  const { signers, logSize, ...facts } = report.facts;
  const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const plain = (value: unknown): unknown => {
    if (typeof value === 'bigint') return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value.toString();
    if (value instanceof Uint8Array) return hex(value);
    if (value instanceof Map) return Object.fromEntries(value);
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [snake(name), plain(item)]));
  };
  const { kind } = report;
  return JSON.stringify(plain({ verified: true, kind, ...facts, logSize, signedBy: signers }));
}

function words(report: FileReport, lang: 'en' | 'zh'): string {
  const steps = report.steps.map((s) => (s.ok ? `✓ ${s[lang]}` : `✗ ${s[lang]}: ${s.detail}`));
  if (!report.ok) return [...steps, { en: 'not verified', zh: '未通过验证' }[lang], ''].join('\n');
  const { height, time, signers } = report.facts;
  const when = shanghai(time);
  const final = {
    en: `final at height ${height} on ${when}, signed by ${signers.join(', ')}`,
    zh: `于高度 ${height} 生效（${when}），签名方：${signers.join(', ')}`,
  }[lang];
  return [...steps, ...proven(report, lang), final, ''].join('\n');
}

/** What was proven, in a line or two. */
function proven(report: FileReport & { ok: true }, lang: 'en' | 'zh'): string[] {
  const pick = (en: string, zh: string): string => (lang === 'en' ? en : zh);
  if (report.kind === 'receipt') {
    const { facts } = report;
    const entry = `${pick('entry', '条目')} ${facts.entry}`;
    if (facts.outcome === 'accepted') return [entry, pick('accepted', '已接受')];
    const { rule, field, found, expected } = facts.refusal;
    const no = pick(`refused by rule ${rule}: ${field} is ${found}, expected ${expected}`, `已被规则 ${rule} 拒绝：${field} 为 ${found}，应为 ${expected}`);
    return [entry, no];
  }
  if (report.kind === 'line-statement') {
    const { filingNo, line, live } = report.facts;
    const sums = `${yuan(line.usedFen)} / ${yuan(line.limitFen)} CNY`;
    return [pick(`line ${filingNo}: ${sums} used by ${live.length} live drawdowns`, `额度 ${filingNo}：已用 ${sums}，未结核扣 ${live.length} 笔`)];
  }
  const { family, subject } = report.facts;
  const name = `${family}/${subject}`;
  const { digest } = report.facts;
  return digest === undefined ? [pick(`no such subject ${name}`, `无此对象 ${name}`)] : [name, `${pick('record', '记录')} SHA-256 ${digest}`];
}

/** A sum of fen in yuan. */
function yuan(fen: bigint): string {
  return `${fen / 100n}.${String(fen % 100n).padStart(2, '0')}`;
}

/** A time as people on the wharf write it: Shanghai time, with its offset shown. */
function shanghai(ms: bigint): string {
  const date = new Date(Number(ms) + 8 * 3_600_000);
  return Number.isNaN(date.getTime()) ? String(ms) : `${date.toISOString().slice(0, 19).replace('T', ' ')}+08:00`;
}
