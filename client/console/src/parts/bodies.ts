// Bodies of entries read from the very bytes that will be signed, by the schema of the family. What
// does not fit it exactly is not shown, and so not signed.

import { Reader, Unreadable } from "countersign-verifier/sign";

/** How a field is written: a text, a number, a digest, one of some words, or seals. */
export type Form = "text" | "number" | "digest" | "seals" | Record<number, string>;

/** A body: field numbers in ascending order, names, forms. */
export type Schema = readonly (readonly [number: number, name: string, form: Form])[];

const direction = { 0: "in", 1: "out" };
const fullness = { 4: "empty", 5: "full", 7: "lcl", 8: "fcl" };
const condition = { 0: "sound", 1: "damaged" };

const seal: Schema = [
  [1, "no", "text"],
  [2, "kind", { 0: "mechanical", 1: "electronic" }],
  [3, "issuer", { 0: "CA", 1: "SH", 2: "CU" }],
];

/** What a trade file can make, by kind; all of them are about a container. */
export const SCHEMAS: Record<string, Schema> = {
  gate: [
    [1, "direction", direction],
    [2, "place", "text"],
    [3, "fullness", fullness],
    [4, "size_type", "text"],
    [5, "seals", "seals"],
    [6, "time", "number"],
    [7, "bill_no", "text"],
    [8, "booking_no", "text"],
    [9, "eir_no", "text"],
    [10, "driver_hash", "digest"],
    [11, "truck_plate", "text"],
  ],
  barge_load: [
    [1, "batch_no", "text"],
    [2, "seals", "seals"],
    [3, "crane_time", "number"],
    [4, "condition", condition],
    [5, "stowage", "text"],
    [6, "vgm_kg", "number"],
  ],
  discharge: [
    [1, "batch_no", "text"],
    [2, "seals", "seals"],
    [3, "size_type", "text"],
    [4, "crane_time", "number"],
    [5, "condition", condition],
  ],
  vessel_load: [
    [1, "conveyance_id", "text"],
    [2, "voyage", "text"],
    [3, "seals", "seals"],
    [4, "stowage", "text"],
    [5, "crane_time", "number"],
    [6, "condition", condition],
    [7, "vgm_kg", "number"],
  ],
  vessel_discharge: [
    [1, "bill_no", "text"],
    [2, "conveyance_id", "text"],
    [3, "voyage", "text"],
    [4, "place", "text"],
    [5, "seals", "seals"],
    [6, "size_type", "text"],
    [7, "crane_time", "number"],
    [8, "condition", condition],
  ],
};

const SEALS_MAX = 64;

/** What a body says, field by field; nothing where its bytes do not fit the schema. */
export function readBody(kind: string, bytes: Uint8Array): Record<string, unknown> | undefined {
  const schema = SCHEMAS[kind];
  if (!schema) return undefined;
  try {
    return Reader.whole(kind, bytes, (reader) => fieldsOf(reader, schema));
  } catch (cause) {
    if (cause instanceof Unreadable) return undefined;
    throw cause;
  }
}

function fieldsOf(reader: Reader, schema: Schema): Record<string, unknown> {
  return reader.map((map) => {
    const found: Record<string, unknown> = {};
    for (const [number, name, form] of schema) {
      if (map.has(number)) found[name] = valueOf(reader, form);
    }
    return found;
  });
}

function valueOf(reader: Reader, form: Form): unknown {
  if (form === "text") return reader.text();
  if (form === "number") return Number(reader.uint(BigInt(Number.MAX_SAFE_INTEGER)));
  if (form === "digest") return [...reader.bytes(32)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (form === "seals") return reader.list(() => fieldsOf(reader, seal), SEALS_MAX);
  const word = form[Number(reader.uint(255n))];
  if (word === undefined) throw reader.no("no word of this list");
  return word;
}
