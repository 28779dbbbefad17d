/** No bit of a receipt changes unnoticed. */

import { test } from 'node:test';

import { verifyFile } from '../src/index.js';
import { bytes, cases, everyFlipFails, genesisOf } from './support.js';

for (const form of ['compact', 'transparent_statement']) {
  test(`every bit of a receipt, ${form}`, () => {
    const [c] = cases('receipt.json');
    const genesis = genesisOf(c?.['genesis']);
    everyFlipFails(form, bytes(c?.[form]), (file) => verifyFile(file, genesis).ok);
  });
}
