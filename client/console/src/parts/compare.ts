// What the parties' statements about a bill say of the same facts, side by side.

import type { Bill } from "../api/types";

export type Source = "river" | "hub" | "declaration" | "tally";
export type Fact = "rowPackages" | "rowGross" | "rowBoxes" | "rowShip";

/** One fact as each statement has it; a statement that does not speak of it has no cell. */
export interface Row {
  fact: Fact;
  cells: Partial<Record<Source, string>>;
  /** The statements that differ from the first one. */
  differ: Source[];
}

export const SOURCES: readonly Source[] = ["river", "hub", "declaration", "tally"];

function kg(grams: number | undefined): string | undefined {
  return grams === undefined ? undefined : `${(grams / 1000).toLocaleString("en-US")} kg`;
}

function named(bill: Bill, mark: string): string | undefined {
  const n = Object.values(bill.boxes).filter((box) => box.marks.includes(mark)).length;
  return n === 0 ? undefined : String(n);
}

function voyage(bill: Bill, at: "river" | "hub"): string | undefined {
  const ship = bill[at]?.conveyance;
  return ship && `${ship.name} ${ship.voyage}`;
}

/** The comparison, a row for each fact of which at least two statements speak. */
export function compare(bill: Bill): Row[] {
  const declared = bill.declaration;
  const text = (n: number | undefined) => (n === undefined ? undefined : n.toLocaleString("en-US"));
  const all: [Fact, Partial<Record<Source, string | undefined>>][] = [
    ["rowShip", { river: voyage(bill, "river"), hub: voyage(bill, "hub") }],
    ["rowBoxes", {
      river: named(bill, "river"),
      hub: named(bill, "hub"),
      declaration: named(bill, "declared"),
      tally: named(bill, "tallied"),
    }],
    ["rowPackages", {
      river: text(bill.river?.packages),
      hub: text(bill.hub?.packages),
      declaration: text(declared?.packages),
      tally: bill.tallied ? text(bill.packages_tallied) : undefined,
    }],
    ["rowGross", {
      river: kg(bill.river?.gross_g),
      hub: kg(bill.hub?.gross_g),
      declaration: kg(declared?.gross_g),
    }],
  ];
  return all.flatMap(([fact, said]) => {
    const cells: Partial<Record<Source, string>> = {};
    for (const source of SOURCES) {
      const value = said[source];
      if (value !== undefined) cells[source] = value;
    }
    const stated = SOURCES.filter((source) => cells[source] !== undefined);
    if (stated.length < 2) return [];
    const first = cells[stated[0] as Source];
    return [{ fact, cells, differ: stated.filter((source) => cells[source] !== first) }];
  });
}
