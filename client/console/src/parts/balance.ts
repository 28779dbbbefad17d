// Where the oil of one application is.

import type { By } from "../api/types";

interface Voucher {
  kind: "outbound" | "return" | "loss";
  qty_kg: number;
  by: By;
  countersigned?: By;
}

/** An application as the ledger keeps it. */
export interface Application {
  account_no: string;
  stage: string;
  by: By;
  qty_kg: number;
  approved_kg: number;
  approved?: By;
  acknowledged?: By;
  written_off?: By;
  ship: { name: string; imo: string; voyage: string };
  product: { grade: string; sulphur_class: string };
  deliveries: Record<string, { qty_kg: number; stage: string }>;
  vouchers: Record<string, Voucher>;
}

export interface Balance {
  outKg: number;
  deliveredKg: number;
  returnedKg: number;
  lostKg: number;
  /** What is out and not accounted for. */
  openKg: number;
}

/** Everything that left the tank, and what became of it. Void and disputed deliveries do not count. */
export function balance(of: Application): Balance {
  const vouchers = Object.values(of.vouchers);
  const sum = (kind: Voucher["kind"]) =>
    vouchers.filter((v) => v.kind === kind).reduce((total, v) => total + v.qty_kg, 0);
  const counted = Object.values(of.deliveries).filter((d) => d.stage !== "void" && d.stage !== "disputed");
  const deliveredKg = counted.reduce((total, d) => total + d.qty_kg, 0);
  const [outKg, returnedKg, lostKg] = [sum("outbound"), sum("return"), sum("loss")];
  return { outKg, deliveredKg, returnedKg, lostKg, openKg: outKg - deliveredKg - returnedKg - lostKg };
}
