/** Every golden vector holds, and every hostile one is refused by the step that refuses it in Rust. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { Reader } from '../src/cbor.js';
import { precommitProtected, precommitSignedBytes } from '../src/commit.js';
import { PublicKey, thumbprint, verifies } from '../src/ed25519.js';
import { headerDigest, readHeader } from '../src/header.js';
import { BadGenesis, parseGenesis, verifyFile, verifyReceipt, verifyStateCode, verifyStateProof, verifyStatement } from '../src/index.js';
import { includes, rootOver as logRootOver } from '../src/log.js';
import { parseRefusal } from '../src/receipt.js';
import { keyOf, leafHash, rootOver, valueHash } from '../src/state-tree.js';
import { digest, utf8 } from '../src/bytes.js';
import { bytes, cases, genesisOf, hex, unread, vectors, type Case } from './support.js';

/** What sign.test.ts reads. */
const ELSEWHERE = ['token.json'];
after(() => assert.deepEqual(unread(), ELSEWHERE, 'vector files that no test reads'));

/** The word of a report as the vector files write it. */
function refusedBy(report: { ok: boolean; failed?: string; fault?: string }): string {
  assert.equal(report.ok, false);
  const step = (report.failed ?? '').replace(/^./, (letter) => letter.toUpperCase());
  return report.fault === undefined ? step : `${step}/${report.fault}`;
}

test('founding documents', () => {
  for (const c of cases('genesis.json')) {
    const genesis = parseGenesis(JSON.stringify(c['json']));
    assert.equal(genesis.networkId, c['network']);
    assert.equal(hex(digest(bytes(c['cbor']))), c['network']);
    assert.equal(hex(genesis.founders.digest), c['validators']);
  }
});

test('texts of founding documents', () => {
  for (const c of cases('genesis-texts.json')) {
    if (c['refused_by'] !== undefined) {
      assert.throws(() => parseGenesis(c['text']), BadGenesis, c['about']);
      continue;
    }
    const genesis = parseGenesis(c['text']);
    assert.equal(genesis.networkId, c['network'], c['about']);
    assert.equal(hex(genesis.founders.digest), c['validators'], c['about']);
  }
});

test('the one rule of signature validity', () => {
  const { keys, cases: all } = vectors('signatures.json');
  for (const row of keys as Case[]) assert.equal(PublicKey.of(bytes(row['public'])) !== undefined, row['usable'], row['about']);
  for (const c of all as Case[]) {
    assert.equal(verifies(bytes(c['public']), bytes(c['message']), bytes(c['signature'])), c['valid'], c['about']);
    // A key that has been used for long answers from a table.
    const key = PublicKey.of(bytes(c['public']));
    for (let use = 0; use < 6 && key; use += 1) {
      assert.equal(key.verifies(bytes(c['message']), bytes(c['signature'])), c['valid'], c['about']);
    }
  }
});

test('keys and thumbprints', () => {
  for (const c of cases('thumbprint.json')) assert.equal(hex(thumbprint(bytes(c['public']))), c['thumbprint']);
});

test('headers', () => {
  for (const c of cases('header.json')) {
    const header = Reader.whole('header', bytes(c['cbor']), readHeader);
    assert.equal(hex(headerDigest(header)), c['digest']);
    assert.equal(header.proposer, c['json'].proposer);
    assert.equal(header.time, BigInt(c['json'].time));
  }
});

test('statements', () => {
  const key = cases('thumbprint.json')[0]?.['public'] as string;
  const [genesis] = cases('genesis.json').map((c) => genesisOf(c['json']));
  for (const c of cases('statement.json')) {
    const report = verifyStatement(bytes(c['statement']), key, genesis);
    assert.ok(report.ok);
    const { facts } = report;
    assert.equal(facts.entry, c['id']);
    assert.equal(facts.algorithm, c['algorithm']);
    const { payload } = c;
    assert.equal(facts.statement.reference, payload.reference);
    assert.equal(facts.statement.eventTime, BigInt(payload.event_time));
    assert.deepEqual(facts.statement.documents, payload.documents);
    const [action] = facts.statement.actions;
    assert.ok(action);
    assert.equal(hex(action.body), payload.actions[0].body);
    assert.equal(action.seen, BigInt(payload.actions[0].seen));
    assert.deepEqual(Object.fromEntries(action.sealed ?? []), payload.actions[0].sealed);
    const stranger = cases('thumbprint.json')[1]?.['public'] as string;
    assert.equal(refusedBy(verifyStatement(bytes(c['statement']), stranger, genesis)), 'Signature');
    const elsewhere = { ...genesis!, networkId: '00'.repeat(32) };
    assert.equal(refusedBy(verifyStatement(bytes(c['statement']), key, elsewhere)), 'Signature');
  }
});

test('hostile statements', () => {
  for (const c of cases('hostile-statements.json')) {
    const report = verifyStatement(bytes(c['bytes']), c['signer']);
    assert.equal(refusedBy(report), c['refused_by'] === 'parse' ? 'Form' : 'Signature', c['about']);
  }
});

test('precommits', () => {
  const key = bytes(cases('thumbprint.json')[1]?.['public']);
  for (const c of cases('precommit.json')) {
    const [header, kid, round] = [bytes(c['header']), bytes(c['kid']), BigInt(c['round'])];
    const batch = { network: bytes(c['network']), height: BigInt(c['height']), logRoot: bytes(c['log_root']) } as never;
    assert.equal(hex(precommitProtected(batch, header, round, kid)), c['protected']);
    const signed = precommitSignedBytes(batch, header, round, kid);
    assert.equal(hex(signed), c['signed_bytes']);
    assert.ok(verifies(key, signed, bytes(c['signature'])));
  }
});

test('the log', () => {
  for (const { size, root, paths } of cases('log.json')) {
    for (const [index, path] of (paths as string[][]).entries()) {
      const [leaf, siblings] = [utf8(`leaf ${index}`), path.map(bytes)];
      assert.ok(includes(BigInt(size), bytes(root), BigInt(index), leaf, siblings), `${index} of ${size}`);
      assert.equal(logRootOver(BigInt(size), BigInt(index), leaf, [...siblings, siblings[0] ?? leaf]), undefined);
      if (path.length > 0) assert.equal(logRootOver(BigInt(size), BigInt(index), leaf, siblings.slice(1)), undefined);
      assert.ok(!includes(BigInt(size), bytes(root), BigInt(size), leaf, siblings));
    }
  }
});

test('refusals', () => {
  for (const c of cases('refusal.json')) {
    const report = verifyReceipt(bytes(c['compact']), genesisOf(c['genesis']));
    assert.ok(report.ok, JSON.stringify(report.steps));
    assert.ok(report.facts.outcome === 'refused');
    assert.deepEqual(report.facts.refusal, c['record']);
    for (const record of c['records'] as Case[]) assert.deepEqual(parseRefusal(bytes(record['cbor'])), record['json']);
  }
});

test('receipts', () => {
  for (const c of cases('receipt.json')) {
    for (const form of ['compact', 'transparent_statement']) {
      const report = verifyFile(bytes(c[form]), genesisOf(c['genesis']));
      assert.ok(report.ok && report.kind === 'receipt', JSON.stringify(report.steps));
      const { facts } = report;
      assert.deepEqual(report.steps.map((s) => s.id), ['form', 'founding', 'membership', 'quorum', 'signature', 'inclusion']);
      assert.equal(facts.form, form === 'compact' ? 'compact' : 'cose');
      assert.equal(facts.outcome, 'accepted');
      assert.equal(facts.entry, c['entry']);
      assert.equal(facts.leaf, BigInt(c['index']));
      assert.equal(facts.logSize, BigInt(c['log_size']));
      assert.equal(facts.signers.length, c['signers']);
    }
  }
});

test('hostile receipts', () => {
  const { genesis, cases: hostile } = vectors('hostile-receipts.json');
  for (const c of hostile as Case[]) {
    assert.equal(refusedBy(verifyReceipt(bytes(c['bytes']), genesisOf(genesis))).split('/')[0], c['refused_by'], c['about']);
  }
});

test('the state tree', () => {
  for (const { leaves, root } of cases('state-tree.json')) {
    for (const [i, leaf] of (leaves as Case[]).entries()) {
      const key = keyOf('combined_port', `box:${i}`);
      const value = valueHash(digest(utf8(`record ${i}`)));
      assert.equal(hex(key), leaf['key']);
      assert.equal(hex(value), leaf['value_hash']);
      assert.equal(hex(leafHash(key, value)), leaf['leaf']);
      assert.equal(hex(rootOver(key, leafHash(key, value), leaf['path'].map(bytes))), root);
    }
  }
});

test('state proofs', () => {
  for (const c of cases('state-proof.json')) {
    const genesis = genesisOf(c['genesis']);
    const asked = { subject: `${c['family']}/${c['subject']}`, height: c['height'] as number };
    const report = verifyFile(bytes(c['proof']), genesis, asked);
    assert.ok(report.ok && report.kind === 'state-proof', JSON.stringify(report.steps));
    const { facts } = report;
    assert.deepEqual(report.steps.map((s) => s.id), ['form', 'founding', 'membership', 'quorum', 'state', 'question']);
    assert.equal(facts.time, BigInt(c['time']));
    assert.equal(facts.stateRoot, c['state_root']);
    assert.equal(facts.signers.length, c['signers']);
    assert.equal(facts.record === undefined ? null : hex(facts.record), c['record']);
    const other = verifyStateProof(bytes(c['proof']), genesis, { subject: 'combined_port/box:999' });
    assert.equal(refusedBy(other), 'Question/OtherSubject');
    const later = verifyStateProof(bytes(c['proof']), genesis, { height: BigInt(c['height']) + 1n });
    assert.equal(refusedBy(later), 'Question/OtherHeight');
  }
});

test('hostile state proofs', () => {
  const { genesis, cases: hostile } = vectors('hostile-state-proofs.json');
  for (const c of hostile as Case[]) {
    assert.equal(refusedBy(verifyStateProof(bytes(c['bytes']), genesisOf(genesis))), c['refused_by'], c['about']);
  }
});

test('state codes', () => {
  for (const c of cases('state-code.json')) {
    for (const code of [c['text'], `${c['text']}\r\n`, bytes(c['code'])] as (string | Uint8Array)[]) {
      const report = verifyStateCode(code, genesisOf(c['genesis']));
      assert.ok(report.ok, JSON.stringify(report.steps));
      const { facts } = report;
      assert.equal(facts.headerDigest, c['header']);
      assert.equal(facts.height, BigInt(c['height']));
      assert.equal(facts.time, BigInt(c['time']));
      assert.equal(facts.stateRoot, c['state_root']);
      assert.deepEqual(facts.signers, c['signers']);
      assert.equal(`${facts.family}/${facts.subject}`, `${c['family']}/${c['subject']}`);
      assert.equal(facts.digest, c['digest']);
      assert.equal(facts.record === undefined ? null : hex(facts.record), c['record']);
    }
    const report = verifyFile(utf8(c['text']), genesisOf(c['genesis']));
    assert.ok(report.ok && report.kind === 'state-code');
  }
});

test('hostile state codes', () => {
  const { genesis, cases: hostile } = vectors('hostile-state-codes.json');
  for (const c of hostile as Case[]) {
    assert.equal(refusedBy(verifyStateCode(bytes(c['bytes']), genesisOf(genesis))), c['refused_by'], c['about']);
  }
});
