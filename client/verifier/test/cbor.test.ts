/** The reader takes one encoding of a thing and no other; each row has the one that passes beside it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Reader, type Fields } from '../src/cbor.js';
import { malformed } from '../src/refused.js';
import { verifyFile, verifyStateCode } from '../src/index.js';
import { bytes, cases, genesisOf } from './support.js';

type Row = [about: string, good: string, bad: string, read: (r: Reader) => unknown];

const pairs = (m: Fields, r: Reader): unknown => [m.need(1).uint(), m.maybe(2, () => r.uint()), m.need(3).uint()];
const map = (r: Reader): unknown => r.map((m) => pairs(m, r));

const ROWS: Row[] = [
  ['a small number in two bytes', '17', '1817', (r) => r.uint()],
  ['a byte in three', '18ff', '1900ff', (r) => r.uint()],
  ['two bytes in five', '19ffff', '1a0000ffff', (r) => r.uint()],
  ['four bytes in nine', '1affffffff', '1b00000000ffffffff', (r) => r.uint()],
  ['a number above what fits', '1affffffff', '1b0000000100000000', (r) => r.uint(0xffff_ffffn)],
  ['a negative number where none may be', '00', '20', (r) => r.uint()],
  ['a negative number in two bytes', '27', '3807', (r) => r.int()],
  ['a float that is whole', '01', 'f93c00', (r) => r.uint()],
  ['the length of bytes in two', '4101', '580101', (r) => r.bytes()],
  ['the length of a text in two', '6161', '780161', (r) => r.text()],
  ['the length of a list in two', '8101', '980101', (r) => r.list(() => r.uint())],
  ['a list without a length', '8101', '9f01ff', (r) => r.list(() => r.uint())],
  ['a map without a length', 'a201010303', 'bf01010303ff', map],
  ['bytes in pieces', '4101', '5f4101ff', (r) => r.bytes()],
  ['bytes of another length', '4101', '420101', (r) => r.bytes(1)],
  ['bytes for a text', '6161', '4161', (r) => r.text()],
  ['a text that is no UTF-8', '62c3a9', '62c328', (r) => r.text()],
  ['a surrogate in a text', '63e280a8', '63eda080', (r) => r.text()],
  ['undefined for null', 'f6', 'f7', (r) => r.optional(() => r.uint())],
  ['a key out of order', 'a201010303', 'a203030101', map],
  ['a key twice', 'a201010303', 'a3010101010303', map],
  ['an unknown key', 'a3010102020303', 'a4010102020303', map],
  ['a key after the last', 'a201010303', 'a3010103030404', map],
  ['a key as a text', 'a201010303', 'a2613101', map],
  ['null for what is left out', 'a3010102020303', 'a3010102f60303', map],
  ['one item too few', '820101', '8101', (r) => [r.array(2), r.uint(), r.uint()]],
  ['one item too many', '8101', '820101', (r) => r.list(() => r.uint(), 1)],
  ['something after the end', '01', '0101', (r) => r.uint()],
  ['nothing at all', '01', '', (r) => r.uint()],
  ['a tag in two bytes', 'd201', 'd81201', (r) => [r.tag(18), r.uint()]],
];

test('one encoding of each thing', () => {
  for (const [about, good, bad, read] of ROWS) {
    assert.doesNotThrow(() => Reader.whole('thing', bytes(good), read), about);
    assert.throws(() => Reader.whole('thing', bytes(bad), read), malformed('', '').constructor as never, about);
  }
});

test('a byte order mark is a character of the text', () => {
  assert.equal(Reader.whole('text', bytes('64efbbbf61'), (r) => r.text()), '\u{feff}a');
});

test('numbers keep all their digits', () => {
  assert.equal(Reader.whole('n', bytes('1bffffffffffffffff'), (r) => r.uint()), 0xffff_ffff_ffff_ffffn);
  assert.equal(Reader.whole('n', bytes('1b0020000000000001'), (r) => r.uint()), 0x20_0000_0000_0001n);
  assert.equal(Reader.whole('n', bytes('3bffffffffffffffff'), (r) => r.int()), -0x1_0000_0000_0000_0000n);
});

test('nesting and claimed lengths are answered', () => {
  const genesis = genesisOf(cases('genesis.json')[0]?.['json']);
  const starts = ['', 'd28440', 'd28440a0', 'a60159', 'a70401', 'a60587', 'a605', 'a20c', 'a20c40', 'd28440a219018a'];
  for (const start of starts.map(bytes)) {
    for (const byte of [0x81, 0x9f, 0xa1, 0xbf, 0xc1, 0xd2]) {
      const deep = new Uint8Array(1 << 20).fill(byte);
      deep.set(start);
      assert.ok(!verifyFile(deep, genesis).ok);
    }
    for (const claim of ['5b', '7b', '9b', 'bb'].flatMap((major) => [`${major}ffffffffffffffff`, `${major}0000010000000000`])) {
      const file = Buffer.concat([start, bytes(claim)]);
      assert.ok(!verifyFile(file, genesis).ok);
      assert.ok(!verifyStateCode(file, genesis).ok);
    }
  }
});

test('what is too large is refused before it is read', () => {
  const genesis = genesisOf(cases('genesis.json')[0]?.['json']);
  for (const [size, begin] of [[16, ''], [20, 'a605'], [64, 'a20c']] as const) {
    const file = new Uint8Array(size * 1024 * 1024 + 1);
    file.set(bytes(begin));
    const report = verifyFile(file, genesis);
    assert.ok(!report.ok && report.failed === 'form');
    assert.match(report.why, /too large|at most/);
  }
});
