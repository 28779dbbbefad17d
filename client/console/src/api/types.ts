// What the node's documents hold, as far as this page reads them. Times are UTC milliseconds, money
// is fen, masses are kilograms or grams as the field's name says.

/** A text in both languages. */
export interface Both {
  en: string;
  zh: string;
}

/** Who says so, since when, in which entry. */
export interface By {
  party: string;
  at: number;
  entry: string;
}

/** One party's statement of a fact. */
export interface Said {
  party: string;
  entry: string;
  value: string;
}

export interface Due {
  by: number;
  overdue: boolean;
}

/** A rule's numbered no. */
export interface Refusal extends Both {
  rule: number;
  name: string;
  field: string;
  found: string;
  expected: string;
  remedy: string;
  transient: boolean;
}

export interface Inspection {
  entry_no: string;
  check_type: string;
  due: number;
  slot_no: string | null;
}

/** May this container make its next move? */
export interface BoxAnswer {
  container_no: string;
  place: string;
  status: string;
  next_move: string;
  allowed: boolean;
  blocking: Refusal | null;
  deadline: number | null;
  overdue: boolean;
  inspection: Inspection | null;
}

/** The same as a row of a board. */
export interface BoxRow extends Omit<BoxAnswer, "allowed"> {
  /** Null where it is expected: nothing was asked of it yet. */
  allowed: boolean | null;
  bill_no: string | null;
  batch_no: string | null;
  flow: string | null;
  since: number | null;
  held: boolean;
  /** On the board of those that were told of and not seen. */
  expected?: true;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Alert extends Both {
  kind: string;
  subject: string;
  field: string | null;
  statements: Said[];
  parties: string[];
  since: number;
  deadline: number | null;
}

export interface Hold {
  id: number;
  kind: string;
  field: string;
  first: Said;
  second: Said;
  since: number;
  due: Due;
}

/** A subject's record; `S` is what its family keeps. */
export interface Subject<S = Record<string, unknown>> {
  family: string;
  subject: string;
  version: number;
  digest: string;
  height?: number;
  state: S;
  deadline: number | null;
  alerts: Alert[];
}

export type Event = { event: string } & Record<string, unknown>;

/** One thing that happened to a subject. */
export interface Happening {
  height: number;
  family: string;
  subject: string;
  cause: "entry" | "clock";
  entry: string | null;
  event: Event;
  /** Ledger time of its batch; in histories only. */
  time?: number | null;
  /** Who signed the entry; in histories only. */
  party?: string | null;
}

export interface History {
  history: Happening[];
}

export interface ShipVoyage {
  conveyance_id: string;
  name: string;
  voyage: string;
}

export interface SentManifest {
  by: By;
  customs_code: string;
  location: string;
  conveyance: ShipVoyage;
  packages: number;
  gross_g: number;
}

export interface Bill {
  flow: string;
  standing: string;
  boxes: Record<string, { size_type: string; marks: string[]; gross_g?: number }>;
  packages_tallied: number;
  holds: Hold[];
  river?: SentManifest;
  hub?: SentManifest;
  declaration?: {
    by: By;
    entry_no: string;
    step: string;
    consignor_uscc: string;
    packages?: number;
    gross_g?: number;
  };
  notice?: { by: By; entry_no: string; check_type: string; due: Due };
  release_1?: { by: By; decision: string; tax: string };
  release_2?: { by: By; decision: string; tax: string };
  tallied?: By;
}

export interface Container {
  holder: { spot: string; place: string };
  status: string;
  clearance: string;
  holds: Hold[];
  moved_by?: By;
  trip?: { bill_no: string; flow: string; size_type: string; batch_no?: string };
  seals?: { numbers: string[]; by: By };
  vgm_kg?: number;
  stowage?: string;
}

export interface Party {
  names: Both;
  roles: string[];
  district: string | null;
  places: string[];
  active: boolean;
}

export interface Sum {
  count: number;
  open_fen: number;
}

export interface Exposure {
  guarantor: string;
  at: number;
  height: number;
  limit_fen: number;
  headroom_fen: number;
  settled_fen: number;
  live: Sum;
  overdue: Sum;
  due_in_7_days: Sum;
  due_in_30_days: Sum;
  by_due: Record<string, Sum>;
  by_enterprise: Record<string, Sum>;
  by_scope: Record<string, Sum>;
  by_stage: Record<string, Sum>;
  expiring_with_draws: string[];
  expired_with_draws: string[];
  claims: unknown[];
  lines: LineRow[];
}

export interface LineRow {
  filing_no: string;
  enterprise: string;
  limit_fen: number;
  used_fen: number;
  headroom_fen: number;
  live: number;
  standing: string;
  valid_to: number;
}

export interface LineView {
  filing_no: string;
  height: number;
  live: { entry_no: string; enterprise: string; scope: string; open_fen: number; due: number | null }[];
}

export interface Header {
  height: number;
  time: number;
  proposer: string;
  log_size: number;
  refusals_size: number;
  rules: number;
}

export interface Batch {
  height: number;
  digest: string;
  header: Header;
  round: number;
  signed_by: string[];
  not_signed_by: string[];
}

/** A batch with what concerns who asks. */
export interface BatchNews extends Batch {
  entries: { id: string; party: string | null; reference: string; kinds: string[]; state: string; rule: number | null }[];
  happenings: Happening[];
}

export interface Status {
  moniker?: string;
  party?: string;
  network: { id: string; name: string };
  version: string;
  height: number;
  time: number;
  log_size?: number;
  validators?: { party: string; names: Both | null; power: number; kid: string }[];
  last_batch_age_ms?: number;
  heartbeat_ms?: number;
  backlog?: number;
  backlog_max?: number;
  rules?: number;
  disk?: { free_bytes: number; full: boolean };
  clock?: { now: number; others_ahead_ms: Record<string, number> };
  consensus?: {
    height: number;
    round: number;
    phase: string;
    connected: string[];
    missing: string[];
    tips: Record<string, number>;
    last_fault: string | null;
  };
  clock_ahead_ms?: number;
}

export interface Entry {
  id: string;
  state: "accepted" | "refused" | "waiting";
  party?: string | null;
  reference?: string;
  kid?: string;
  event_time?: number;
  expires?: number;
  height?: number;
  leaf?: number;
  time?: number;
  documents?: unknown[];
  actions?: { family: string; kind: string; subject: string; body: unknown }[];
  refusal?: { action: number; refusal: Refusal };
}

export interface Found {
  subjects: { family: string; subject: string }[];
  entry: string | null;
}
