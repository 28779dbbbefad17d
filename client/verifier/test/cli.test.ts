/** The command: its exit codes, and what it says. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { bytes, cases } from './support.js';

const PROGRAM = fileURLToPath(new URL('../../bin/countersign-verify.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'countersign-verify-'));
after(() => rmSync(folder, { recursive: true }));

function put(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

function run(code: number, args: string[], input?: Uint8Array): string {
  const env = { ...process.env, COUNTERSIGN_GENESIS: '', COUNTERSIGN_LANG: 'en' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { env, ...(input ? { input } : {}) });
  assert.equal(status, code, `${stdout}${stderr}`);
  return `${stdout}${stderr}`;
}

const [receipt, proof] = [cases('receipt.json')[0]!, cases('state-proof.json')[0]!];
const genesis = put('genesis.json', JSON.stringify(receipt['genesis']));
const [good, bent] = [put('good', bytes(receipt['compact'])), put('bent', bytes(receipt['compact'].replace(/..$/, '01')))];
const state = put('state', bytes(proof['proof']));

test('a receipt', () => {
  const text = run(0, [good, '--genesis', genesis]);
  assert.match(text, /✓ more than two thirds signed\n✓ signed by the party\n✓ included in the log\nentry e20df35e/);
  assert.match(text, /final at height 7 on 2026-11-23 08:00:05\+08:00, signed by PARTY0, PARTY1, PARTY3/);
  assert.match(run(0, [good, '--genesis', genesis, '--lang', 'zh']), /✓ 超过三分之二验证人签名/);
  assert.equal(run(0, ['-', '--genesis', genesis], bytes(receipt['compact'])), text);
  assert.match(run(1, [bent, '--genesis', genesis]), /^✗ well-formed: receipt is malformed at byte 10/);
});

test('several files, as JSON', () => {
  const lines = run(1, [good, bent, '--genesis', genesis, '--json']).trim().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(lines.map((line) => line.verified), [true, false]);
  assert.equal(lines[0].entry, receipt['entry']);
  assert.equal(lines[1].step, 'well-formed');
});

test('what was asked about', () => {
  assert.match(run(0, [state, '--genesis', genesis, '--subject', 'combined_port/box:3', '--height', '7']), /✓ what was asked about/);
  assert.match(run(1, [state, '--genesis', genesis, '--height', '8']), /✗ what was asked about: the proof is of height 7, expected 8/);
  assert.match(run(2, [good, '--genesis', genesis, '--height', '7']), /is no state proof/);
  assert.match(run(2, [state, '--genesis', genesis, '--subject', 'box:3']), /names no family/);
  assert.match(run(2, [state, '--genesis', genesis, '--height', 'x']), /expected a number/);
});

test('misuse', () => {
  assert.match(run(0, ['--help']), /Exit code/);
  assert.match(run(2, ['--genesis', genesis]), /expected a file/);
  assert.match(run(2, [good]), /cannot be read|no founding document/);
  assert.match(run(2, [good, '--genesis', good]), /UTF-8/);
  assert.match(run(2, [join(folder, 'none'), '--genesis', genesis]), /cannot be read/);
  assert.match(run(2, [good, '--genesis', put('half.json', '{')]), /is not JSON/);
  assert.match(run(2, [good, '--genesis', put('other.json', '{}')]), /expected a member 'name'/);
  assert.match(run(2, [good, '--colour']), /--help says more/);
});
