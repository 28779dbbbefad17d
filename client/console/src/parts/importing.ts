// A dropped file as a list of rows, and the entries that it makes, ready to be signed.

import type { FileReport } from "countersign-verifier";

import { Refused } from "../api/http";
import type { Dropped, MessageReport, Movement, Reason, Verdict } from "../api/trade";
import { readBody } from "./bodies";
import { type Pen, sendStatement, unhex } from "./signing";

/** Where an action stands among the drafts. */
export interface Place {
  draft: number;
  action: number;
}

/** One container of the file. */
export interface Row {
  /** The segment of its EQD: no two rows share one. */
  id: number;
  line: number;
  number: string;
  kind: Movement["kind"] | null;
  verdict: Verdict;
  movement: Movement | undefined;
  /** Why it is doubted or refused. */
  reasons: Reason[];
  /** Why it makes no entry, though it was taken. */
  lacks: Reason[];
  /** The action that it makes. */
  place: Place | undefined;
}

/** One action, read from the bytes that are signed. */
export interface Shown {
  kind: string;
  subject: string;
  body: Record<string, unknown>;
}

/** The answer contradicts itself: nothing of it is signed. */
export class Contradiction extends Error {}

export function messages(dropped: Dropped): MessageReport[] {
  return dropped.report.interchanges.flatMap((interchange) => interchange.messages);
}

/** Every container in the order of the file. Actions are in the order of the movements that make one. */
export function rows(dropped: Dropped): Row[] {
  const lacks = new Map(dropped.left_out.map(({ at, reasons }) => [at.segment, reasons]));
  const places = dropped.drafts.flatMap((draft, n) =>
    draft.actions.map(({ subject }, action) => ({ draft: n, action, subject })),
  );
  let next = 0;
  const found = messages(dropped).flatMap((message) =>
    message.containers.map((container): Row => {
      const { at, number, outcome, movement } = container;
      const missing = lacks.get(at.segment) ?? [];
      const place = movement && missing.length === 0 ? places[next++] : undefined;
      if (place && place.subject !== `box:${movement?.container}`) throw new Contradiction(number);
      return {
        id: at.segment,
        line: at.line,
        number: movement?.container ?? number,
        kind: message.kind,
        verdict: outcome,
        movement,
        reasons: container.doubts ?? container.refusals ?? [],
        lacks: missing,
        place,
      };
    }),
  );
  if (next !== places.length) throw new Contradiction(`${places.length - next}`);
  return found;
}

/** What each draft says, read from its bytes. Throws where they do not say what the draft says they do. */
export function shown(dropped: Dropped): Shown[][] {
  return dropped.drafts.map((draft, n) =>
    draft.actions.map(({ family, kind, subject }, at) => {
      const body = readBody(kind, unhex(dropped.bodies[n]?.[at] ?? ""));
      if (family !== FAMILY || !body) throw new Contradiction(`${family} ${kind} ${subject}`);
      return { kind, subject, body };
    }),
  );
}

const FAMILY = "combined_port";

/** What became of a draft. Those after one that was refused are not sent. */
export type Sending =
  | { state: "sending" }
  | { state: "final"; entry: string; report: FileReport }
  | { state: "refused"; why: Refused };

/**
 * Signs and sends the drafts in their order, each tried before it is handed in; stops at the first
 * that is refused. The same draft twice is answered with its first receipt.
 */
export async function sendAll(pen: Pen, dropped: Dropped, tell: (draft: number, now: Sending) => void): Promise<void> {
  shown(dropped);
  for (const [n, draft] of dropped.drafts.entries()) {
    tell(n, { state: "sending" });
    const actions = draft.actions.map((action, at) => ({ ...action, body: unhex(dropped.bodies[n]?.[at] ?? "") }));
    const { reference, documents } = draft;
    const times = { eventTime: BigInt(draft.event_time), expires: BigInt(draft.expires) };
    try {
      const { entry, report } = await sendStatement(pen, { reference, documents, ...times, actions });
      tell(n, { state: "final", entry, report });
    } catch (cause) {
      if (!(cause instanceof Refused)) throw cause;
      tell(n, { state: "refused", why: cause });
      return;
    }
  }
}

/** What is given with a file, as the node takes it. */
export interface Given {
  place?: string;
  bill?: string;
  batch?: string;
  leg?: string;
  ship?: string;
  voyage?: string;
  event_time?: string;
  fullness?: string;
  seal_issuer?: string;
  truck_plates?: string;
  undoubted?: string;
  /** Of single containers: CONTAINER=NUMBER:ISSUER. */
  seal: string[];
  /** Of single containers, before what is said for all: CONTAINER=BILL. */
  billOf: string[];
  /** Of single containers: CONTAINER=NUMBER of their equipment receipt. */
  eir: string[];
  /** Containers that are left out by hand. */
  without: string[];
}

/** What the node calls otherwise: bills for all and for single containers are one option. */
const NAMES: Record<string, string> = { billOf: "bill" };

/** What may be given for one container alone. */
export type OfRow = "seal" | "billOf" | "eir";

/** The same with a value for one container, in the place of what was given for it before. */
export function giveRow(given: Given, option: OfRow, container: string, value: string): Given {
  const others = given[option].filter((one) => !one.startsWith(`${container}=`));
  return { ...given, [option]: value === "" ? others : [...others, `${container}=${value}`] };
}

/** What was given for one container; empty where nothing was. */
export function givenFor(given: Given, option: OfRow, container: string): string {
  return given[option].find((one) => one.startsWith(`${container}=`))?.slice(container.length + 1) ?? "";
}

/** The options as a query. */
export function query(given: Given): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one) query.append(NAMES[name] ?? name, String(one));
  }
  return query.toString();
}

/** Which option would help against a reason; none where the sender alone can. */
export const HELPS: Record<string, Exclude<keyof Given, OfRow | "without">> = {
  needs_place: "place",
  place_differs: "place",
  needs_bill: "bill",
  needs_plan: "batch",
  needs_leg: "leg",
  needs_vessel: "ship",
  needs_voyage: "voyage",
  needs_time: "event_time",
  needs_fullness: "fullness",
  needs_seal_issuer: "seal_issuer",
};

/** Options that would help, and how many rows each. */
export function wanted(dropped: Dropped): Map<string, number> {
  const found = new Map<string, number>();
  for (const { reasons } of dropped.left_out) {
    const options = reasons.map(({ code }) => HELPS[code]).filter((option) => option !== undefined);
    for (const option of new Set(options)) found.set(option, (found.get(option) ?? 0) + 1);
  }
  return found;
}
