// A document as it is: names and values, times and digests as people read them.

import type { ReactNode } from "react";

import { useTexts, type Texts } from "../texts/use";
import { amount, isMoment } from "./format";
import { useValue } from "./sentence";
import { EntryLink, Party, When } from "./small";

const TIMES = /(^|_)(at|by|time|utc|from|to|until|since|due|eta|etd|expires)$/;
const PARTY = /^(party|enterprise|guarantor|supplier|warehouse|barge_party|ship_party|consignor_uscc|agent_uscc)$/;

/** How words and values are said. */
interface Speech extends Pick<Texts, "t" | "word"> {
  said: (name: string, value: string) => string;
}

/** Any document; what a single value means follows from its name. */
export function Tree({ value, name = "" }: { value: unknown; name?: string }) {
  const { t, word } = useTexts();
  const said = useValue();
  return <div className="tree">{branch({ t, word, said }, name, value)}</div>;
}

function branch(texts: Speech, name: string, value: unknown): ReactNode {
  if (Array.isArray(value)) {
    if (value.length === 0) return <span className="quiet">–</span>;
    if (value.every((item) => typeof item !== "object")) {
      return value.map((item, at) => (
        <span key={at}>
          {at > 0 && ", "}
          {leaf(texts, name, item)}
        </span>
      ));
    }
    return list(texts, value.map((item, at) => [String(at + 1), item]));
  }
  if (typeof value === "object" && value !== null) return list(texts, Object.entries(value));
  return leaf(texts, name, value);
}

function list(texts: Speech, items: [string, unknown][]): ReactNode {
  if (items.length === 0) return <span className="quiet">–</span>;
  return (
    <ul>
      {items.map(([name, value]) => (
        <li key={name}>
          <span className="name">{texts.word("field", name)}</span> {branch(texts, name, value)}
        </li>
      ))}
    </ul>
  );
}

function leaf({ t, said }: Speech, name: string, value: unknown): ReactNode {
  if (value === null || value === undefined || value === "") return <span className="quiet">–</span>;
  if (typeof value === "number" && TIMES.test(name) && isMoment(value)) {
    return <When at={value} />;
  }
  if (typeof value === "boolean") return <span>{t(value ? "common.yes" : "common.no")}</span>;
  const measured = typeof value === "number" ? amount(name, value) : undefined;
  if (measured !== undefined) return <span className="figure">{measured}</span>;
  if (typeof value === "string" && PARTY.test(name)) return <Party id={value} />;
  if (typeof value === "string" && name === "entry" && /^[0-9a-f]{64}$/.test(value)) return <EntryLink id={value} />;
  if (typeof value === "string" && /^[0-9a-f]{64}$/.test(value)) return <code>{value}</code>;
  if (typeof value === "string") return <span>{said(name, value)}</span>;
  return <span>{String(value)}</span>;
}
