// What a history says: who stands behind each event, and when it happened. The events of the
// families keep that in different places.

import type { By, Event, Happening } from "../api/types";

function isBy(value: unknown): value is By {
  return typeof value === "object" && value !== null && "party" in value && "at" in value && "entry" in value;
}

/** Who says an event: the `by` of the event or of what it carries. */
export function by(event: Event): By | undefined {
  if (isBy(event["by"])) return event["by"];
  // A doubt names whose statement is in doubt, not who raised it.
  if (event.event === "doubted" || event.event === "held") return undefined;
  for (const value of Object.values(event)) {
    if (typeof value === "object" && value !== null && "by" in value) {
      const inner = (value as { by: unknown }).by;
      if (isBy(inner)) return inner;
    }
  }
  return undefined;
}

/** One entry's part of a story: what it made happen, to which subjects. */
export interface Moment {
  height: number;
  entry: string | null;
  party: string | null;
  at: number | undefined;
  events: { subject: string; event: Event }[];
}

/** Histories of several subjects as one story: what one entry did stands together. */
export function story(histories: Happening[][]): Moment[] {
  const moments = new Map<string, Moment>();
  for (const happening of histories.flat()) {
    const key = `${String(happening.height).padStart(12, "0")}/${happening.entry ?? "clock"}`;
    const known = moments.get(key);
    const says = by(happening.event);
    const own = says && (!happening.entry || says.entry === happening.entry) ? says : undefined;
    const moment = known ?? {
      height: happening.height,
      entry: happening.entry,
      party: null,
      at: undefined,
      events: [],
    };
    moment.party ??= happening.party ?? own?.party ?? null;
    moment.at ??= happening.time ?? own?.at;
    moment.events.push({ subject: happening.subject, event: happening.event });
    moments.set(key, moment);
  }
  return [...moments.entries()].sort(([a], [b]) => a.localeCompare(b)).map(([, moment]) => moment);
}

/** The parties of a story, in the order in which they come in. */
export function lanes(moments: Moment[]): string[] {
  return [...new Set(moments.map((moment) => moment.party).filter((p): p is string => p !== null))];
}

/** A fact of an event: its name in the schema, and its value as it came. */
export interface Fact {
  name: string;
  value: string | number;
}

const FACTS_MAX = 5;
const DULL = new Set(["kid", "id", "next_hold", "standing", "prints", "uses", "period_no", "copies", "line_mark"]);

/** The few facts of an event that a lane shows: those that are short and say something. */
export function facts(event: Event): Fact[] {
  const found: Fact[] = [];
  for (const [name, value] of Object.entries(event)) {
    if (name === "event" || name === "by") continue;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      for (const [inner, deep] of Object.entries(value as object)) {
        if (inner === "by" || (typeof deep === "object" && !Array.isArray(deep))) continue;
        found.push(...fact(inner, deep));
      }
    } else found.push(...fact(name, value));
  }
  return found.slice(0, FACTS_MAX);
}

function fact(name: string, value: unknown): Fact[] {
  if (DULL.has(name)) return [];
  if (typeof value === "number" && Number.isInteger(value)) return [{ name, value }];
  if (typeof value === "string") {
    const dull = value === "" || value.length > 48 || /^[0-9a-f]{64}$/.test(value);
    return dull ? [] : [{ name, value }];
  }
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string")) {
    const texts = value as string[];
    const many = texts.length > 3 || texts.some((text) => text.length > 20);
    return [{ name, value: many ? texts.length : texts.join(", ") }];
  }
  return [];
}
