// What a node answers about a trade file: the report, and the entries that would be signed.

import type { Both } from "./types";

export interface Position {
  line: number;
  segment: number;
  offset: number;
}

/** Why something is doubted, refused or left out. */
export interface Reason extends Both {
  code: string;
  at: Position;
  found: string;
  expected: string;
}

/** A container's move as the file tells it. */
export interface Movement {
  kind: "gate_in" | "gate_out" | "discharge" | "load";
  container: string;
  size_type: string | null;
  size_type_as_read: string;
  fullness: string | null;
  seals: { number: string | null; issuer: string }[];
  gross_kg: number | null;
  vgm_kg: number | null;
  time: { utc_ms: number } | null;
}

export type Verdict = "taken" | "doubted" | "refused";

export interface ContainerReport {
  at: Position;
  /** As it stands in the file. */
  number: string;
  outcome: Verdict;
  movement?: Movement;
  doubts?: Reason[];
  refusals?: Reason[];
}

export interface MessageReport {
  at: Position;
  reference: string;
  message_type: string;
  version: string;
  kind: Movement["kind"] | null;
  verdict: Verdict;
  reasons: Reason[];
  containers: ContainerReport[];
}

export interface Counts {
  seen: number;
  taken: number;
  doubted: number;
  refused: number;
}

export interface Draft {
  reference: string;
  event_time: number;
  expires: number;
  documents: string[];
  actions: { family: string; kind: string; schema: number; subject: string }[];
}

/** The whole answer. */
export interface Dropped {
  report: {
    file: { bytes: number; sha256: string };
    refused: Reason | null;
    messages: Counts;
    containers: Counts;
    interchanges: { reference: string; sender: string; notes: Reason[]; messages: MessageReport[] }[];
  };
  left_out: { at: Position; container: string; reasons: Reason[] }[];
  drafts: Draft[];
  /** Of each draft the body of each action, encoded, as hexadecimal digits. */
  bodies: string[][];
}
