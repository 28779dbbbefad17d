/** Private key files as `countersign key new` and OpenSSL write them: PKCS#8, plain or encrypted (PBES2). */

import { cbc } from '@noble/ciphers/aes.js';
import { pbkdf2Async } from '@noble/hashes/pbkdf2.js';
import { scryptAsync } from '@noble/hashes/scrypt.js';
import { sha256 } from '@noble/hashes/sha2.js';

import { hex, utf8 } from './bytes.js';

/** Why a key was not read. The message is for the person who has the file. */
export class BadKey extends Error {}

/** Largest work that a file may ask for: 32 MiB, what OpenSSL takes as well; and ten million rounds. */
const SCRYPT_BYTES_MAX = 32 * 1024 * 1024;
const PBKDF2_ROUNDS_MAX = 10_000_000n;
const PEM_CHARACTERS_MAX = 16 * 1024;

const [SEQUENCE, INTEGER, OCTETS, OID] = [0x30, 0x02, 0x04, 0x06];
const ED25519 = '2b6570';
const PBES2 = '2a864886f70d01050d';
const PBKDF2 = '2a864886f70d01050c';
const SCRYPT = '2b06010401da47040b';
const HMAC_SHA256 = '2a864886f70d0209';
const AES_256_CBC = '60864801650304012a';

/** Values of DER one after the other. */
class Der {
  #at = 0;

  constructor(readonly bytes: Uint8Array) {}

  get done(): boolean {
    return this.#at >= this.bytes.length;
  }

  get tag(): number {
    return this.bytes[this.#at] ?? 0;
  }

  take(tag: number): Uint8Array {
    const [found, short] = [this.bytes[this.#at], this.bytes[this.#at + 1]];
    if (found !== tag || short === undefined) throw new BadKey(`the key file holds something else than a key in PKCS#8 (at byte ${this.#at})`);
    const digits = short < 0x80 ? 0 : short & 0x7f;
    if (digits > 2) throw new BadKey('the key file claims a length that no key has');
    const from = this.#at + 2 + digits;
    const length = digits === 0 ? short : this.bytes.subarray(from - digits, from).reduce((sum, byte) => sum * 256 + byte, 0);
    if (from + length > this.bytes.length) throw new BadKey('the key file is cut');
    this.#at = from + length;
    return this.bytes.subarray(from, this.#at);
  }

  sequence(): Der {
    return new Der(this.take(SEQUENCE));
  }

  oid(): string {
    return hex(this.take(OID));
  }

  integer(): bigint {
    return BigInt(`0x${hex(this.take(INTEGER)) || '0'}`);
  }
}

/**
 * The 32 bytes of an Ed25519 key. The passphrase is not looked at where the file is not encrypted.
 *
 * @throws BadKey
 */
export async function readKeyFile(pem: string, passphrase?: string): Promise<Uint8Array> {
  const { label, der } = readPem(pem);
  if (label === 'PRIVATE KEY') return seedOf(der);
  if (label !== 'ENCRYPTED PRIVATE KEY') throw new BadKey(`found '${label}', expected 'PRIVATE KEY' or 'ENCRYPTED PRIVATE KEY'`);
  if (passphrase === undefined) throw new BadKey('the key is encrypted and needs its passphrase');
  const file = new Der(der).sequence();
  const algorithm = file.sequence();
  const cipher = file.take(OCTETS);
  if (algorithm.oid() !== PBES2) throw new BadKey('the key is encrypted in another way than PBES2');
  const parameters = algorithm.sequence();
  const [key, iv] = [await derive(parameters.sequence(), utf8(passphrase)), ivOf(parameters.sequence())];
  try {
    return seedOf(cbc(key, iv).decrypt(cipher));
  } catch {
    // One wrong passphrase in 256 leaves a padding that looks right; what comes out is no key then.
    throw new BadKey('the passphrase does not open this key');
  }
}

/** Whether a person has to be asked for the passphrase. */
export function isEncrypted(pem: string): boolean {
  return pem.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----');
}

function readPem(pem: string): { label: string; der: Uint8Array } {
  const found = pem.length <= PEM_CHARACTERS_MAX && /-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/.exec(pem);
  if (!found) throw new BadKey('this is no key file in PEM');
  try {
    return { label: found[1] ?? '', der: Uint8Array.from(atob((found[2] ?? '').replace(/\s/g, '')), (c) => c.charCodeAt(0)) };
  } catch {
    throw new BadKey('the key file is not Base64');
  }
}

function seedOf(der: Uint8Array): Uint8Array {
  const info = new Der(der).sequence();
  const version = info.integer();
  const algorithm = info.sequence().oid();
  if (algorithm !== ED25519) throw new BadKey('the file holds a key of another kind, expected Ed25519');
  const seed = new Der(info.take(OCTETS)).take(OCTETS);
  if (version > 1n || seed.length !== 32) throw new BadKey('expected a private key of 32 bytes');
  return seed.slice();
}

async function derive(kdf: Der, passphrase: Uint8Array): Promise<Uint8Array> {
  const name = kdf.oid();
  const parameters = kdf.sequence();
  const salt = parameters.take(OCTETS);
  if (name === SCRYPT) {
    const [N, r, p] = [Number(parameters.integer()), Number(parameters.integer()), Number(parameters.integer())];
    if (128 * N * r > SCRYPT_BYTES_MAX || p > 16) throw new BadKey('opening this key takes more memory than is given to it');
    return scryptAsync(passphrase, salt, { N, r, p, dkLen: 32 });
  }
  if (name !== PBKDF2) throw new BadKey('the key is derived in another way than scrypt or PBKDF2');
  const rounds = parameters.integer();
  if (rounds > PBKDF2_ROUNDS_MAX) throw new BadKey('opening this key takes more time than is given to it');
  if (parameters.tag === INTEGER) parameters.integer();
  // Without a name it is SHA-1.
  if (parameters.done || parameters.sequence().oid() !== HMAC_SHA256) throw new BadKey('PBKDF2 with another hash than SHA-256');
  return pbkdf2Async(sha256, passphrase, salt, { c: Number(rounds), dkLen: 32 });
}

function ivOf(scheme: Der): Uint8Array {
  if (scheme.oid() !== AES_256_CBC) throw new BadKey('the key is encrypted with another cipher than AES-256 in CBC mode');
  return scheme.take(OCTETS);
}
