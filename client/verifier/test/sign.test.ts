/** What is signed here has the bytes of the golden vectors, and key files of others are opened. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifyStatement, type Payload } from '../src/index.js';
import { BadKey, body, isEncrypted, Key, loadKey, NotSigned, signStatement, signToken } from '../src/sign.js';
import { bytes, cases, hex } from './support.js';

/** By `countersign key new`, with scrypt; the passphrase is 'horse staple'. */
const OURS = `-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSsGAQQB2kcECzAcBBA0P378Y9sof+l06RMj
20d4AgJAAAIBCAIBATAdBglghkgBZQMEASoEECAhh8enbCZ9+VDQi5OLhuoEQGsx
UsKdAeZ0uiRfGeJqxTLWy9IsqCJgsNPJPVK6VFHDWFLoz+uSSG9RC06CneM1EDqW
Li7GRnfEplzkCt2BFAk=
-----END ENCRYPTED PRIVATE KEY-----`;
/** By OpenSSL, plain; and with PBKDF2, the passphrase is 'horse'. */
const PLAIN = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIKp5eVgcdWmrni8IW97pJw3nTGSQLsFbq2nLAmVujEHf
-----END PRIVATE KEY-----`;
const OPENSSL = `-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjsaSP9vZcZTwICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEPWbd7haRb989FQfpZB1zkAEQPUk
M00w/+ZvcJjYUL3dd9xFzvM8vXmLvgDykAkjdkGZYvfwRLRYO9FXhGad4orc00xX
o2el0/q5KYx2PZ7Kn7g=
-----END ENCRYPTED PRIVATE KEY-----`;
/** A cipher that is not taken, work that is too much, a key of another kind. */
const AES_128 = `-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgrnVHvN2TPbwICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEAQIEENbghrJQ8xX4HSu+wc3QvO0EQG1d
py66m27NieDlG6v5HqHjPBv1Mu212OywJhmfzfvXfAUgCE23IiJlH40jo7zInB4J
u6pTbOLXN8Ar1rKBwDE=
-----END ENCRYPTED PRIVATE KEY-----`;
const COSTLY = `-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSsGAQQB2kcECzAcBBA0P378Y9sof+l06RMj
20d4AgJAAAIBfwIBATAdBglghkgBZQMEASoEECAhh8enbCZ9+VDQi5OLhuoEQGsx
UsKdAeZ0uiRfGeJqxTLWy9IsqCJgsNPJPVK6VFHDWFLoz+uSSG9RC06CneM1EDqW
Li7GRnfEplzkCt2BFAk=
-----END ENCRYPTED PRIVATE KEY-----`;
const X25519 = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VuBCIEIEispBgtQoVvVGfsEJnMjo6GAWldWEp2QieEi1uUOKda
-----END PRIVATE KEY-----`;
const [OUR_PUBLIC, PLAIN_PUBLIC] = ['b65db1043abf41f5884b57f2639253e4983fc0cc38524a312f9a611339f63cf0', 'a580e33e4649275dba1a12e5cd184c82ed88e4a42bfb2133a1c15726ba06118b'];

function payloadOf(json: any): Payload {
  const actions = json.actions.map((action: any) => ({
    ...action,
    body: bytes(action.body),
    seen: BigInt(action.seen),
    sealed: new Map(Object.entries(action.sealed).map(([field, commitment]) => [Number(field), commitment])),
  }));
  const { network, reference, documents } = json;
  return { network, reference, documents, actions, eventTime: BigInt(json.event_time), expires: BigInt(json.expires) };
}

test('statements have the bytes of the golden vectors', () => {
  for (const c of cases('statement.json')) {
    const key = new Key(bytes(c['secret']));
    const payload = payloadOf(c['payload']);
    const { bytes: statement, entry } = signStatement(payload, key, c['algorithm']);
    assert.equal(hex(statement), c['statement']);
    assert.equal(entry, c['id']);
    assert.ok(verifyStatement(statement, key.publicKey).ok);
    assert.equal(hex(body([1, 40n])), c['payload'].actions[0].body);
    assert.throws(() => signStatement({ ...payload, reference: ' x' }, key), NotSigned);
    assert.throws(() => signStatement({ ...payload, network: '00' }, key), NotSigned);
    assert.throws(() => signStatement({ ...payload, actions: [] }, key), NotSigned);
    const [action] = payload.actions;
    const large = { ...action!, body: new Uint8Array(64 * 1024) };
    assert.throws(() => signStatement({ ...payload, actions: [large] }, key), NotSigned);
  }
});

test('tokens have the bytes of the golden vectors', () => {
  for (const c of cases('token.json')) {
    const token = signToken(c['network'], BigInt(c['issued_s']), BigInt(c['expires_s']), new Key(bytes(c['secret'])));
    assert.equal(token, c['token']);
  }
});

test('key files', async () => {
  assert.equal((await loadKey(OURS, 'horse staple')).publicKey, OUR_PUBLIC);
  assert.equal((await loadKey(PLAIN)).publicKey, PLAIN_PUBLIC);
  assert.equal((await loadKey(OPENSSL, 'horse')).publicKey, PLAIN_PUBLIC);
  assert.deepEqual([OURS, PLAIN, OPENSSL].map(isEncrypted), [true, false, true]);
  const rows: [string, string | undefined, RegExp][] = [
    [OURS, 'horse', /passphrase does not open/],
    [OURS, undefined, /needs its passphrase/],
    [OPENSSL, 'Horse', /passphrase does not open/],
    [AES_128, 'horse', /another cipher/],
    [COSTLY, 'horse', /more memory/],
    [X25519, undefined, /another kind/],
    [OURS.replaceAll('ENCRYPTED PRIVATE', 'EC'), undefined, /found 'EC KEY'/],
    [PLAIN.replace('MC4', 'MD4'), undefined, /is cut/],
    [PLAIN.replace('MC4', 'AC4'), undefined, /something else/],
    ['', undefined, /no key file/],
    [PLAIN + 'x'.repeat(20_000), undefined, /no key file/],
  ];
  for (const [pem, passphrase, why] of rows) {
    await assert.rejects(loadKey(pem, passphrase), (e: unknown) => e instanceof BadKey && why.test(e.message), `${why}`);
  }
});
