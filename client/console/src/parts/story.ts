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
    const moment = known ?? {
      height: happening.height,
      entry: happening.entry,
      party: null,
      at: undefined,
      events: [],
    };
    if (says && (!happening.entry || says.entry === happening.entry)) {
      moment.party ??= says.party;
      moment.at ??= says.at;
    }
    moment.events.push({ subject: happening.subject, event: happening.event });
    moments.set(key, moment);
  }
  return [...moments.entries()].sort(([a], [b]) => a.localeCompare(b)).map(([, moment]) => moment);
}

/** The parties of a story, in the order in which they come in. */
export function lanes(moments: Moment[]): string[] {
  return [...new Set(moments.map((moment) => moment.party).filter((p): p is string => p !== null))];
}

/** The few facts of an event that a lane shows: names and values that are short. */
export function facts(event: Event): [string, string][] {
  const found: [string, string][] = [];
  const take = (name: string, value: unknown) => {
    if (typeof value === "string" && value.length > 0 && value.length <= 40) found.push([name, value]);
    else if (typeof value === "number" && Number.isInteger(value)) found.push([name, String(value)]);
    else if (Array.isArray(value) && value.length > 0 && value.every((v) => typeof v === "string")) {
      const words = value as string[];
      const long = words.some((word) => word.length === 64);
      found.push([name, long || words.length > 3 ? String(words.length) : words.join(", ")]);
    }
  };
  for (const [name, value] of Object.entries(event)) {
    if (name === "event" || name === "by") continue;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      for (const [inner, v] of Object.entries(value as object)) {
        if (inner !== "by" && typeof v !== "object") take(inner, v);
      }
    } else take(name, value);
  }
  const dull = new Set(["kid", "officer_hash", "data_digest", "live_set", "digest", "content", "next_hold"]);
  return found.filter(([name, value]) => !dull.has(name) && !/^[0-9a-f]{64}$/.test(value)).slice(0, 5);
}
