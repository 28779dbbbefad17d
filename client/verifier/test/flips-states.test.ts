/** Of every other kind of proof: no bit changes unnoticed. */

import { test } from 'node:test';

import { verifyFile, verifyStateCode } from '../src/index.js';
import { bytes, cases, everyFlipFails, genesisOf } from './support.js';

test('every bit of a state proof', () => {
  const [present] = cases('state-proof.json');
  const genesis = genesisOf(present?.['genesis']);
  everyFlipFails('present', bytes(present?.['proof']), (file) => verifyFile(file, genesis).ok);
});

// Every seventeenth bit, which is another one in each byte: all of them would take minutes.
test('bits of every other kind', () => {
  for (const c of cases('state-proof.json').slice(1)) {
    const genesis = genesisOf(c['genesis']);
    everyFlipFails(c['about'], bytes(c['proof']), (file) => verifyFile(file, genesis).ok, 17);
  }
  for (const c of cases('state-code.json')) {
    const genesis = genesisOf(c['genesis']);
    everyFlipFails(c['about'], bytes(c['code']), (code) => verifyStateCode(code, genesis).ok, 17);
  }
  for (const c of cases('refusal.json')) {
    const genesis = genesisOf(c['genesis']);
    everyFlipFails('refusal', bytes(c['compact']), (file) => verifyFile(file, genesis).ok, 17);
  }
});
