/** What a party signs: a COSE_Sign1 statement with one or more actions. */

import { digest, equal, hex } from './bytes.js';
import { Reader, type Fields } from './cbor.js';
import { readSign1, sigStructure } from './cose.js';
import { thumbprint, verifies } from './ed25519.js';
import { ACTIONS_MAX, DOCUMENTS_MAX, REFERENCE_BYTES_MAX, SEALED_MAX, STATEMENT_BYTES_MAX, U32_MAX } from './limits.js';
import { nameFault, subjectFault, textFault } from './names.js';
import { malformed } from './refused.js';

/** One thing that a party did. */
export interface Action {
  family: string;
  kind: string;
  /** Version of the body's schema. */
  schema: number;
  subject: string;
  /** Deterministic CBOR that only the family can read. */
  body: Uint8Array;
  /** The version of the subject that the signer had seen. */
  seen?: bigint;
  /** Fields that were replaced by a salted commitment: field number to digest. */
  sealed?: Map<number, string>;
}

/** The signed content of a statement. Digests are hexadecimal, times are UTC milliseconds. */
export interface Payload {
  network: string;
  reference: string;
  eventTime: bigint;
  expires: bigint;
  documents: string[];
  actions: Action[];
}

/** EdDSA (RFC 9053) or Ed25519 (RFC 9864): both mean Ed25519 here. */
export type Algorithm = -8 | -19;

/** A statement in its one encoding. Its signature is not checked yet. */
export interface Statement {
  /** SHA-256 of the statement: the entry's name. */
  id: string;
  algorithm: Algorithm;
  kid: Uint8Array;
  payload: Payload;
  signedBytes: Uint8Array;
  signature: Uint8Array;
}

const WHAT = 'statement';

export function parseStatement(bytes: Uint8Array): Statement {
  if (bytes.length > STATEMENT_BYTES_MAX) {
    throw malformed(WHAT, `${bytes.length} bytes, at most ${STATEMENT_BYTES_MAX} are taken`, STATEMENT_BYTES_MAX);
  }
  const message = Reader.whole(WHAT, bytes, (r) => readSign1(r, () => r.map(() => undefined)));
  const { algorithm, kid } = readProtected(message.protected);
  if (message.payload === undefined) throw malformed(WHAT, 'the payload is detached');
  const payload = readPayload(message.payload);
  const signedBytes = sigStructure(message.protected, message.payload);
  return { id: hex(digest(bytes)), algorithm, kid, payload, signedBytes, signature: message.signature };
}

/** Whether this key signed it: the strict rule, and the key that the header names. */
export function isSignedBy(statement: Statement, key: Uint8Array): boolean {
  return equal(thumbprint(key), statement.kid) && verifies(key, statement.signedBytes, statement.signature);
}

function readProtected(bytes: Uint8Array): { algorithm: Algorithm; kid: Uint8Array } {
  return Reader.whole('statement protected header', bytes, (r) =>
    r.map((m) => {
      const code = m.need(1).int();
      if (code !== -8n && code !== -19n) throw r.no(`found algorithm ${code}, expected -8 (EdDSA) or -19 (Ed25519)`);
      return { algorithm: code === -8n ? -8 : -19, kid: m.need(4).bytes(32) };
    }),
  );
}

function readPayload(bytes: Uint8Array): Payload {
  return Reader.whole('statement payload', bytes, (r) => {
    const payload = r.map((m) => ({
      network: hex(m.need(1).bytes(32)),
      reference: m.need(2).text(),
      eventTime: m.need(3).uint(),
      expires: m.need(4).uint(),
      documents: m.need(5).list(() => hex(r.bytes(32)), DOCUMENTS_MAX),
      actions: m.need(6).list(() => r.map(readAction), ACTIONS_MAX),
    }));
    const fault = payloadFault(payload);
    if (fault !== undefined) throw r.no(fault);
    return payload;
  });
}

function readAction(m: Fields): Action {
  const action: Action = {
    family: m.need(1).text(),
    kind: m.need(2).text(),
    schema: Number(m.need(3).uint(U32_MAX)),
    subject: m.need(4).text(),
    body: m.need(5).bytes(),
  };
  const seen = m.maybe(6, (r) => r.uint());
  const sealed = m.maybe(7, (r) => r.map((pairs) => readSealed(r, pairs)));
  if (seen !== undefined) action.seen = seen;
  if (sealed !== undefined) action.sealed = sealed;
  return action;
}

function readSealed(r: Reader, pairs: Fields): Map<number, string> {
  const sealed = new Map<number, string>();
  let last = -1n;
  for (let left = pairs.left; left > 0; left -= 1) {
    const key = pairs.next(U32_MAX);
    if (key <= last) throw r.no('sealed fields doubled or out of order');
    last = key;
    sealed.set(Number(key), hex(r.bytes(32)));
  }
  return sealed;
}

/** The bound that a payload breaks, or nothing. */
export function payloadFault(payload: Payload): string | undefined {
  const { reference, documents, actions } = payload;
  const fault = textFault('reference', reference, REFERENCE_BYTES_MAX);
  if (fault !== undefined) return fault;
  if (documents.length > DOCUMENTS_MAX) return `${documents.length} source documents, at most ${DOCUMENTS_MAX} are taken`;
  if (actions.length === 0 || actions.length > ACTIONS_MAX) return `${actions.length} actions, expected 1 to ${ACTIONS_MAX}`;
  for (const action of actions) {
    const wrong = nameFault('family', action.family) ?? nameFault('kind', action.kind) ?? subjectFault(action.subject);
    if (wrong !== undefined) return wrong;
    const sealed = action.sealed?.size;
    if (sealed !== undefined && (sealed === 0 || sealed > SEALED_MAX)) return `sealed fields, expected 1 to ${SEALED_MAX}`;
  }
  return undefined;
}
