// Figures as people read them. The ledger's integers come in, texts go out.

import type { Language } from "../texts";

const ZONE = "Asia/Shanghai";

function part(at: number, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, ...options }).format(at);
}

/** `2026-11-29 09:15:03`, as the clocks of the port show it. */
export function moment(at: number): string {
  return part(at, { dateStyle: "short", timeStyle: "medium" });
}

/** `2026-11-29`. */
export function day(at: number): string {
  return part(at, { dateStyle: "short" });
}

/** `09:15:03`. */
export function clock(at: number): string {
  return part(at, { timeStyle: "medium" });
}

/** `2026-11-29 01:15:03.204 UTC`. */
export function utc(at: number): string {
  return `${new Date(at).toISOString().replace("T", " ").replace("Z", "")} UTC`;
}

/** The largest whole unit of a span of time, and how many of it. */
export function span(ms: number): { unit: "ms" | "s" | "min" | "h" | "d"; n: number } {
  const whole = Math.abs(ms);
  if (whole < 1000) return { unit: "ms", n: Math.round(whole) };
  const s = Math.floor(whole / 1000);
  if (s < 120) return { unit: "s", n: s };
  if (s < 7200) return { unit: "min", n: Math.floor(s / 60) };
  if (s < 172_800) return { unit: "h", n: Math.floor(s / 3600) };
  return { unit: "d", n: Math.floor(s / 86_400) };
}

function grouped(whole: bigint): string {
  return whole.toString().replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** Fen as CNY: `50,000,000.00`. */
export function money(fen: number): string {
  const all = BigInt(Math.trunc(fen));
  const sign = all < 0n ? "−" : "";
  const size = all < 0n ? -all : all;
  return `${sign}${grouped(size / 100n)}.${(size % 100n).toString().padStart(2, "0")}`;
}

/** Fen in the unit in which each language counts large sums: millions, or ten thousands. */
export function moneyShort(fen: number, language: Language): string {
  const [size, digits] = language === "zh" ? [1_000_000, 0] : [100_000_000, 2];
  return (fen / size).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: 2 });
}

/** Kilograms as tonnes: `1,198.600`. */
export function tonnes(kg: number): string {
  const sign = kg < 0 ? "−" : "";
  const size = BigInt(Math.abs(Math.trunc(kg)));
  return `${sign}${grouped(size / 1000n)}.${(size % 1000n).toString().padStart(3, "0")}`;
}

/** Thousandths as a figure without trailing zeros: `800`, `0.5`. */
export function milli(value: number): string {
  return (value / 1000).toLocaleString("en-US", { maximumFractionDigits: 3 });
}

/** A whole number with separators. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** An amount with the unit that its name in the schema ends with; nothing where it names none. */
export function amount(name: string, value: number): string | undefined {
  if (name.endsWith("_fen")) return `CNY ${money(value)}`;
  if (name.endsWith("_g")) return `${(value / 1000).toLocaleString("en-US")} kg`;
  if (name === "vgm_kg") return `${count(value)} kg`;
  if (name.endsWith("_kg")) return `${tonnes(value)} t`;
  return undefined;
}

/** The beginning of a long digest. */
export function short(digest: string): string {
  return digest.length > 16 ? `${digest.slice(0, 10)}…` : digest;
}

/** 2001 to 2100: a number between these is a moment, not an amount. */
const MOMENT_MIN = 1_000_000_000_000;
const MOMENT_MAX = 4_102_444_800_000;

/** Whether a number of a document is a moment. */
export function isMoment(value: number): boolean {
  return value > MOMENT_MIN && value < MOMENT_MAX;
}
