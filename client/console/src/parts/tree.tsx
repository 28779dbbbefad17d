// A document as it is: names and values, times and digests as people read them.

import type { ReactNode } from "react";

import { isMoment, money } from "./format";
import { EntryLink, Party, When } from "./small";

const TIMES = /(^|_)(at|by|time|utc|from|to|until|since|due|eta|etd|expires)$/;
const PARTY = /^(party|enterprise|guarantor|supplier|warehouse|barge_party|ship_party|consignor_uscc|agent_uscc)$/;

/** Any document. */
export function Tree({ value }: { value: unknown }) {
  return <div className="tree">{branch("", value)}</div>;
}

function branch(name: string, value: unknown): ReactNode {
  if (Array.isArray(value)) {
    if (value.length === 0) return <span className="quiet">–</span>;
    if (value.every((item) => typeof item !== "object")) {
      return value.map((item, at) => (
        <span key={at}>
          {at > 0 && ", "}
          {leaf(name, item)}
        </span>
      ));
    }
    return list(value.map((item, at) => [String(at + 1), item]));
  }
  if (typeof value === "object" && value !== null) return list(Object.entries(value));
  return leaf(name, value);
}

function list(items: [string, unknown][]): ReactNode {
  if (items.length === 0) return <span className="quiet">–</span>;
  return (
    <ul>
      {items.map(([name, value]) => (
        <li key={name}>
          <span className="name">{name.replaceAll("_", " ")}</span> {branch(name, value)}
        </li>
      ))}
    </ul>
  );
}

function leaf(name: string, value: unknown): ReactNode {
  if (value === null || value === undefined || value === "") return <span className="quiet">–</span>;
  if (typeof value === "number" && TIMES.test(name) && isMoment(value)) {
    return <When at={value} />;
  }
  if (typeof value === "number" && name.endsWith("_fen")) return <span className="figure">CNY {money(value)}</span>;
  if (typeof value === "string" && PARTY.test(name)) return <Party id={value} />;
  if (typeof value === "string" && name === "entry" && /^[0-9a-f]{64}$/.test(value)) return <EntryLink id={value} />;
  if (typeof value === "string" && /^[0-9a-f]{64}$/.test(value)) return <code>{value}</code>;
  return <span>{String(value)}</span>;
}
