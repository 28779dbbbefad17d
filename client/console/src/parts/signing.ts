// Signing in the browser: the statement is made and signed here, tried without being kept, handed
// in, and its receipt checked by the second verifier.

import { type FileReport, type Genesis, verifyFile } from "countersign-verifier";
import { body, type Key, signStatement } from "countersign-verifier/sign";

import { getJson, postCose, Refused, segment } from "../api/http";
import type { By, Subject } from "../api/types";

/** One action before it is encoded. */
export interface Said {
  family: string;
  kind: string;
  subject: string;
  body: Uint8Array;
}

/** What became of an entry. */
export interface Sent {
  entry: string;
  receipt: Uint8Array;
  report: FileReport;
}

const SCHEMA = 1;
const DAY_MS = 86_400_000;
/** For how long evidence is promised to be kept: longer than any founding document asks so far. */
const RETENTION_DAYS = 3653;

/** Who signs, for which network. */
export interface Pen {
  key: Key;
  genesis: Genesis;
  /** The network's clock. */
  now: number;
}

/** Signs, tries, hands in, and checks. Throws what the node refuses it with. */
export async function send(pen: Pen, actions: Said[]): Promise<Sent> {
  const random = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  const { bytes, entry } = signStatement(
    {
      network: pen.genesis.networkId,
      reference: `WEB-${pen.now}-${random.toString(36)}`,
      eventTime: BigInt(pen.now),
      expires: BigInt(pen.now + DAY_MS),
      documents: [],
      actions: actions.map((action) => ({ ...action, schema: SCHEMA })),
    },
    pen.key,
  );
  await postCose("/v1/entries/check", bytes);
  const receipt = await postCose("/v1/entries?wait=final", bytes);
  return { entry, receipt, report: verifyFile(receipt, pen.genesis) };
}

/** The digest of a file, which alone goes to the ledger. */
export async function digestOf(file: Blob): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function unhex(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Anchors a file about a subject, unless somebody has; answers with the entry to cite. */
export async function anchor(pen: Pen, file: File, about: string, keptAt: string): Promise<string> {
  const digest = await digestOf(file);
  const subject = `file:${digest}`;
  const known = await getJson<Subject<{ by: By }>>(`/v1/subjects/evidence/${segment(subject)}`).catch(
    (cause: unknown) => {
      if (cause instanceof Refused && cause.status === 404) return undefined;
      throw cause;
    },
  );
  if (known) return known.state.by.entry;
  const content = body(
    [1, file.type || "application/octet-stream"],
    [2, BigInt(file.size)],
    [3, keptAt],
    [4, BigInt(pen.now + RETENTION_DAYS * DAY_MS)],
    [5, [about]],
    [6, ["customs"]],
  );
  const sent = await send(pen, [{ family: "evidence", kind: "anchor", subject, body: content }]);
  return sent.entry;
}

/** What clearance customs says about a hold. */
export interface Clearing {
  subject: string;
  hold: number;
  evidence: string;
  reason: string;
  trueValue: string | undefined;
}

export function clearHold(pen: Pen, { subject, hold, evidence, reason, trueValue }: Clearing): Promise<Sent> {
  const content = body([1, BigInt(hold)], [2, [unhex(evidence)]], [3, reason], [4, trueValue]);
  return send(pen, [{ family: "combined_port", kind: "clear_hold", subject, body: content }]);
}
