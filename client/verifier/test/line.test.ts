/** The commitment of a guarantee line to its drawdowns has its golden bytes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ristretto255 } from '@noble/curves/ed25519.js';

import { checkListing, pointOf, type Drawdown, type Line } from '../src/line-statement.js';
import { hex } from './support.js';

// The same as in the rules' own test; another program computed them from the description alone.
const ONE = '080cc434b51fe3d41c4baccc15635d1ad6b04665d167c28cb3e4a8d324064834';
const BOTH = 'da6580b6fbaed98ae270f114d64d78c5dc37f78b2db2e7cd92b6a24869361263';

function live(n: number, openFen: bigint): Drawdown {
  const entryNo = `515020261${String(n).padStart(9, '0')}`;
  return { entryNo, openFen, scope: 'payment_term', due: 1_796_313_599_999n, enterprise: '91440101MA7DEM104Q' };
}

const [a, b] = [live(1, 100_000n), live(2, 345_000_000n)];
const line = { live: 2n, usedFen: 345_100_000n, liveSet: BOTH } as Line;

test('golden bytes', () => {
  assert.equal(hex(pointOf(a).toBytes()), ONE);
  assert.equal(hex(pointOf(b).add(pointOf(a)).toBytes()), BOTH);
  assert.equal(hex(ristretto255.Point.ZERO.toBytes()), '00'.repeat(32));
});

test('a listing is exactly what the line commits to', () => {
  assert.doesNotThrow(() => checkListing(line, [a, b]));
  assert.doesNotThrow(() => checkListing({ live: 0n, usedFen: 0n, liveSet: '00'.repeat(32) } as Line, []));
  const rows: [Drawdown[], RegExp][] = [
    [[b, a], /higher number/],
    [[a, a], /twice/],
    [[a], /1 drawdowns are listed/],
    [[a, { ...b, openFen: 1n }], /sum to/],
    [[a, { ...b, due: 0n }], /differs/],
    [[{ ...a, openFen: a.openFen + 1n }, { ...b, openFen: b.openFen - 1n }], /differs/],
  ];
  for (const [listing, why] of rows) assert.throws(() => checkListing(line, listing), why);
});
