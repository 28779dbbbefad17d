/**
 * Signing where the key is: a statement, and the token that a party shows at a node's door. The key
 * file is opened here and is never sent anywhere; whatever is signed is checked before it is handed out.
 */

import { ed25519 } from '@noble/curves/ed25519.js';

import { digest, hex, unhex } from './bytes.js';
import { encode, fields, type Item } from './cbor.js';
import { bareSign1, sigStructure } from './cose.js';
import { thumbprint, verifies } from './ed25519.js';
import { BadKey, isEncrypted, readKeyFile } from './keyfile.js';
import { STATEMENT_BYTES_MAX } from './limits.js';
import { payloadFault, type Action, type Algorithm, type Payload } from './statement.js';

export { BadKey, isEncrypted };
export type { Payload };
/** Reads what is to be signed, before it is. */
export { Reader } from './cbor.js';
export { Refused as Unreadable } from './refused.js';

/** Why something was not signed. */
export class NotSigned extends Error {}

/** A party's key. Its secret half cannot be read from it. */
export class Key {
  readonly #secret: Uint8Array;
  /** The public half, 64 hexadecimal digits. */
  readonly publicKey: string;
  /** The thumbprint by which statements name it. */
  readonly kid: string;

  constructor(secret: Uint8Array) {
    this.#secret = secret;
    const publicKey = ed25519.getPublicKey(secret);
    this.publicKey = hex(publicKey);
    this.kid = hex(thumbprint(publicKey));
  }

  sign(message: Uint8Array): Uint8Array {
    const signature = ed25519.sign(message, this.#secret);
    if (!verifies(ed25519.getPublicKey(this.#secret), message, signature)) throw new NotSigned('the key gave no valid signature');
    return signature;
  }
}

/**
 * Opens a key file: PKCS#8 in PEM, encrypted with scrypt or PBKDF2 and AES-256, or plain.
 *
 * @throws BadKey, also where the passphrase is wrong.
 */
export async function loadKey(pem: string, passphrase?: string): Promise<Key> {
  return new Key(await readKeyFile(pem, passphrase));
}

/** SHA-256 of a file, 64 hexadecimal digits. */
export function fileDigest(bytes: Uint8Array): string {
  return hex(digest(bytes));
}

/** The body of an action: its fields by number, as the family describes them. */
export function body(...pairs: [number, Item | undefined][]): Uint8Array {
  return encode(fields(...pairs));
}

/**
 * Signs what a party says. The bytes are those that `countersign entry sign` makes.
 *
 * @throws NotSigned, with the bound that is broken.
 */
export function signStatement(payload: Payload, key: Key, algorithm: Algorithm = -8): { bytes: Uint8Array; entry: string } {
  const fault = payloadFault(payload);
  if (fault !== undefined) throw new NotSigned(fault);
  const header = fields([1, BigInt(algorithm)], [4, bytesOf(key.kid)]);
  const bytes = signed(header, payloadItem(payload), key);
  if (bytes.length > STATEMENT_BYTES_MAX) throw new NotSigned(`${bytes.length} bytes, at most ${STATEMENT_BYTES_MAX} are taken`);
  return { bytes, entry: hex(digest(bytes)) };
}

/** What stands after `Bearer` at a node's HTTP interface: this key asks, from `issuedS` to `expiresS` (UTC seconds). */
export function signToken(networkId: string, issuedS: bigint, expiresS: bigint, key: Key): string {
  const header = fields([1, -8n], [4, bytesOf(key.kid)], [16, 'application/vnd.countersign.token+cwt']);
  return hex(signed(header, fields([3, `urn:countersign:${networkId}`], [4, expiresS], [6, issuedS]), key));
}

function signed(header: Item, content: Item, key: Key): Uint8Array {
  const [protectedHeader, payload] = [encode(header), encode(content)];
  const signature = key.sign(sigStructure(protectedHeader, payload));
  return bareSign1({ protected: protectedHeader, unprotected: undefined, payload, signature });
}

function payloadItem({ network, reference, eventTime, expires, documents, actions }: Payload): Item {
  return fields(
    [1, bytesOf(network)],
    [2, reference],
    [3, eventTime],
    [4, expires],
    [5, documents.map(bytesOf)],
    [6, actions.map(actionItem)],
  );
}

function actionItem({ family, kind, schema, subject, body: content, seen, sealed }: Action): Item {
  const commitments = sealed && new Map([...sealed].map(([field, commitment]) => [BigInt(field), bytesOf(commitment)]));
  return fields([1, family], [2, kind], [3, BigInt(schema)], [4, subject], [5, content], [6, seen], [7, commitments]);
}

function bytesOf(digits: string): Uint8Array {
  const bytes = unhex(digits, 32);
  if (bytes === undefined) throw new NotSigned(`'${digits}' is no digest of 64 hexadecimal digits`);
  return bytes;
}
