/** No bit of a state proof, of a state code, or of the receipt of a refusal changes unnoticed. */

import { test } from 'node:test';

import { verifyFile, verifyStateCode } from '../src/index.js';
import { bytes, cases, everyFlipFails, genesisOf } from './support.js';

test('every bit of a state proof', () => {
  const [present] = cases('state-proof.json');
  const genesis = genesisOf(present?.['genesis']);
  everyFlipFails('present', bytes(present?.['proof']), (file) => verifyFile(file, genesis).ok);
});

// Of what differs from those in its end alone, a seventh of the bits: one of nearly every byte.
test('bits of every other kind', () => {
  for (const c of cases('state-proof.json').slice(1)) {
    const genesis = genesisOf(c['genesis']);
    everyFlipFails(c['about'], bytes(c['proof']), (file) => verifyFile(file, genesis).ok, 7);
  }
  for (const c of cases('state-code.json')) {
    const genesis = genesisOf(c['genesis']);
    everyFlipFails(c['about'], bytes(c['code']), (code) => verifyStateCode(code, genesis).ok, 7);
  }
  for (const c of cases('refusal.json')) {
    const genesis = genesisOf(c['genesis']);
    everyFlipFails('refusal', bytes(c['compact']), (file) => verifyFile(file, genesis).ok, 7);
  }
});
