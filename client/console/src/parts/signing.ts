// Signing in the browser: the statement is made and signed here, tried without being kept, handed
// in, and its receipt checked by the second verifier.

import { type FileReport, type Genesis, verifyFile } from "countersign-verifier";
import { body, fileDigest, type Key, type Payload, signStatement } from "countersign-verifier/sign";

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
}

/** The same with the network's clock, for what happens now. */
export interface PenNow extends Pen {
  now: number;
}

/** Signs, tries, hands in, and checks. Throws what the node refuses it with. */
export async function sendStatement(pen: Pen, content: Omit<Payload, "network">): Promise<Sent> {
  const { bytes, entry } = signStatement({ network: pen.genesis.networkId, ...content }, pen.key);
  await postCose("/v1/entries/check", bytes);
  const receipt = await postCose("/v1/entries?wait=final", bytes);
  return { entry, receipt, report: verifyFile(receipt, pen.genesis) };
}

/** The same for what somebody says on this page, now. */
export function send(pen: PenNow, actions: Said[]): Promise<Sent> {
  const random = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  return sendStatement(pen, {
    reference: `WEB-${pen.now}-${random.toString(36)}`,
    eventTime: BigInt(pen.now),
    expires: BigInt(pen.now + DAY_MS),
    documents: [],
    actions: actions.map((action) => ({ ...action, schema: SCHEMA })),
  });
}

export function unhex(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Anchors a file about a subject, unless somebody has; answers with the entry to cite. */
export async function anchor(pen: PenNow, file: File, about: string, keptAt: string): Promise<string> {
  const digest = fileDigest(new Uint8Array(await file.arrayBuffer()));
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

export function clearHold(pen: PenNow, { subject, hold, evidence, reason, trueValue }: Clearing): Promise<Sent> {
  const content = body([1, BigInt(hold)], [2, [unhex(evidence)]], [3, reason], [4, trueValue]);
  return send(pen, [{ family: "combined_port", kind: "clear_hold", subject, body: content }]);
}
