// A dropped file: its rows, its entries, and what is not signed.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import type { Dropped } from "../api/trade";
import { readBody, SCHEMAS } from "./bodies";
import { Contradiction, giveRow, givenFor, type Given, query, rows, shown, wanted } from "./importing";
import { unhex } from "./signing";

const GATE =
  "a80100026a434e5355442f3531353003050464323247310582a3016953482d38383031313702000301" +
  "a3016943552d35353031303102000302061b000001a19eb4a000076c5344534b3236313130303031086a424b3236313130303031";

test("a body is what its bytes say", () => {
  expect(readBody("gate", unhex(GATE))).toEqual({
    direction: "in",
    place: "CNSUD/5150",
    fullness: "full",
    size_type: "22G1",
    seals: [
      { no: "SH-880117", kind: "mechanical", issuer: "SH" },
      { no: "CU-550101", kind: "mechanical", issuer: "CU" },
    ],
    time: 1_793_664_000_000,
    bill_no: "SDSK26110001",
    booking_no: "BK26110001",
  });
});

test("bytes that do not fit are not shown, and so not signed", () => {
  for (const wrong of [
    GATE.replace("a80100", "a80109"), // no such direction
    GATE.replace("086a", "0c6a"), // a field that nobody knows
    `${GATE}00`, // more after it
    GATE.slice(0, -2), // cut
    "", // nothing
  ]) {
    expect(readBody("gate", unhex(wrong)), wrong).toBeUndefined();
  }
  expect(readBody("void", unhex(GATE))).toBeUndefined();
});

test("the schemas are those of the family", () => {
  const sources = ["mod", "container"].map((name) =>
    readFileSync(new URL(`../../../../contracts/src/combined_port/bodies/${name}.rs`, import.meta.url), "utf8"),
  );
  const fields = (body: string) =>
    [...body.matchAll(/^ {8}(\d+) (\w+): ([\w<>]+),$/gm)].map(([, number, name, type]) => [Number(number), name, type]);
  const text = sources.join("\n");
  const word = (name: string) => {
    const list = new RegExp(`^ {4}${name} \\{\\n(.*?)^ {4}\\}`, "ms").exec(text)?.[1] ?? "";
    return Object.fromEntries([...list.matchAll(/^ {8}(\d+) \w+ = "(\w+)"/gm)].map(([, n, w]) => [Number(n), w]));
  };
  const forms: Record<string, unknown> = {
    String: "text",
    u64: "number",
    u32: "number",
    Digest: "digest",
    "Vec<Seal>": "seals",
  };
  for (const [kind, schema] of Object.entries(SCHEMAS)) {
    const name = kind.replace(/(?:^|_)(\w)/g, (_, c: string) => c.toUpperCase());
    const body = new RegExp(`^ {4}${name} \\{\\n(.*?)^ {4}\\}`, "ms").exec(text)?.[1] ?? "";
    const expected = fields(body).map(([number, field, type]) => [number, field, forms[type as string] ?? word(type as string)]);
    expect(expected.length, kind).toBeGreaterThan(4);
    expect(schema, kind).toEqual(expected);
  }
});

function dropped(): Dropped {
  const at = (segment: number) => ({ line: segment, segment, offset: 0 });
  const movement = (container: string) => ({
    kind: "gate_in" as const, container, size_type: "22G1", size_type_as_read: "22G1", fullness: "full", seals: [],
    gross_kg: null, vgm_kg: null, time: null,
  });
  const none = { seen: 0, taken: 0, doubted: 0, refused: 0 };
  const need = { code: "needs_bill", at: at(8), found: "", expected: "--bill", en: "a", zh: "b" };
  return {
    report: {
      file: { bytes: 1, sha256: "" },
      refused: null,
      messages: none,
      containers: none,
      interchanges: [
        {
          reference: "1", sender: "", notes: [],
          messages: [
            {
              at: at(2), reference: "1", message_type: "CODECO", version: "", kind: "gate_in", verdict: "taken", reasons: [],
              containers: [
                { at: at(7), number: "x", outcome: "refused", refusals: [need] },
                { at: at(8), number: "B", outcome: "taken", movement: movement("B") },
                { at: at(9), number: "C", outcome: "taken", movement: movement("C") },
              ],
            },
          ],
        },
      ],
    },
    left_out: [{ at: at(8), container: "B", reasons: [need, need] }],
    drafts: [
      {
        reference: "edi-1", event_time: 1, expires: 2, documents: [],
        actions: [{ family: "combined_port", kind: "gate", schema: 1, subject: "box:C" }],
      },
    ],
    bodies: [[GATE]],
  };
}

test("every row has its outcome, and the action that it makes", () => {
  const [x, b, c] = rows(dropped());
  expect([x?.place, b?.place, c?.place]).toMatchObject([undefined, undefined, { draft: 0, action: 0 }]);
  expect([x?.reasons.length, b?.lacks.length, c?.lacks.length]).toEqual([1, 2, 0]);
  expect(shown(dropped())[0]?.[0]?.subject).toBe("box:C");
  expect(wanted(dropped())).toEqual(new Map([["bill", 1]]));
});

test("an answer that contradicts itself is not taken", () => {
  const other = dropped();
  other.drafts[0]!.actions[0]!.subject = "box:D";
  expect(() => rows(other)).toThrow(Contradiction);
  const more = dropped();
  more.drafts[0]!.actions.push({ family: "combined_port", kind: "gate", schema: 1, subject: "box:E" });
  expect(() => rows(more)).toThrow(Contradiction);
  expect(() => shown(more)).toThrow(Contradiction);
  const foreign = dropped();
  foreign.drafts[0]!.actions[0]!.family = "membership";
  expect(() => shown(foreign)).toThrow(Contradiction);
});

test("what is given goes into the query, and what is empty does not", () => {
  expect(query({ place: "CNSUD/5150", bill: "", seal: ["B=1:CA"], billOf: ["B=S1"], eir: ["B=E1"], without: ["C", "D"] })).toBe(
    "place=CNSUD%2F5150&seal=B%3D1%3ACA&bill=B%3DS1&eir=B%3DE1&without=C&without=D",
  );
});

test("what is given for one container takes the place of what was given before", () => {
  const nothing: Given = { seal: [], billOf: ["C=S0"], eir: [], without: [] };
  const once = giveRow(nothing, "billOf", "B", "S1");
  expect(giveRow(once, "billOf", "B", "S2").billOf).toEqual(["C=S0", "B=S2"]);
  expect(givenFor(once, "billOf", "B")).toBe("S1");
  expect(givenFor(once, "eir", "B")).toBe("");
  expect(giveRow(once, "billOf", "B", "").billOf).toEqual(["C=S0"]);
});
