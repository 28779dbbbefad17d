// The small parts that every page is made of.

import {
  CheckCircleFilled,
  ClockCircleFilled,
  CloseCircleFilled,
  ExclamationCircleFilled,
  MinusCircleFilled,
} from "@ant-design/icons";
import { Tag } from "antd";
import type { ReactNode } from "react";
import { Link } from "wouter";

import { segment } from "../api/http";
import { useName } from "../api/use";
import type { Key } from "../texts";
import { useTexts } from "../texts/use";
import { day, moment, short, span, utc } from "./format";

/** A moment in Shanghai's time; UTC on hover. */
export function When({ at, date = false }: { at: number | null | undefined; date?: boolean }) {
  if (at === null || at === undefined) return <span className="quiet">–</span>;
  return (
    <time dateTime={new Date(at).toISOString()} title={utc(at)} className="figure">
      {date ? day(at) : moment(at)}
    </time>
  );
}

const UNITS: Record<ReturnType<typeof span>["unit"], Key> = {
  ms: "time.ms",
  s: "time.s",
  min: "time.min",
  h: "time.h",
  d: "time.d",
};

/** A span of time in words. */
export function useSpan(): (ms: number) => string {
  const { t } = useTexts();
  return (ms) => {
    const { unit, n } = span(ms);
    return t(UNITS[unit], { n });
  };
}

/** A deadline: when, and how long from now. */
export function Deadline({ at, now }: { at: number | null; now: number }) {
  const { t } = useTexts();
  const words = useSpan();
  if (at === null) return <span className="quiet">–</span>;
  const left = at - now;
  return (
    <span>
      <When at={at} />{" "}
      {left < 0 ? (
        <Mark tone="bad">{t("time.overdue", { span: words(left) })}</Mark>
      ) : (
        <span className="quiet figure">{t("time.in", { span: words(left) })}</span>
      )}
    </span>
  );
}

export type Tone = "good" | "bad" | "wait" | "off" | "plain";

const ICONS: Record<Tone, ReactNode> = {
  good: <CheckCircleFilled aria-hidden />,
  bad: <CloseCircleFilled aria-hidden />,
  wait: <ExclamationCircleFilled aria-hidden />,
  off: <MinusCircleFilled aria-hidden />,
  plain: <ClockCircleFilled aria-hidden />,
};

/** A word with a sign: the colour is never alone. */
export function Mark({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <Tag className={`mark ${tone}`} icon={ICONS[tone]} variant="filled">
      {children}
    </Tag>
  );
}

const TONES: Record<string, Tone> = {
  active: "good",
  valid: "good",
  partly_used: "good",
  open: "good",
  issued: "good",
  passed: "good",
  accepted: "good",
  written_off: "good",
  declared: "good",
  settled: "good",
  revoked: "bad",
  refused: "bad",
  disputed: "bad",
  overdue: "bad",
  claimed: "bad",
  suspended: "wait",
  manual: "wait",
  investigated: "wait",
  returned: "wait",
  reserved: "wait",
};

/** How something stands, with the sign that fits. */
export function Standing({ group, name }: { group: string; name: string }) {
  const { word } = useTexts();
  return <Mark tone={TONES[name] ?? "off"}>{word(group, name)}</Mark>;
}

/** A party by its name; its number on hover. */
export function Party({ id }: { id: string }) {
  const { both } = useTexts();
  const name = useName(id);
  return (
    <Link href={`/subjects/membership/${segment(`party:${id}`)}`} title={id} className="party">
      {both(name)}
    </Link>
  );
}

/** An entry by the beginning of its id. */
export function EntryLink({ id }: { id: string | null }) {
  const { t } = useTexts();
  if (!id) return <span className="quiet">{t("common.clock")}</span>;
  return (
    <Link href={`/entries/${id}`} title={id} className="figure">
      {short(id)}
    </Link>
  );
}

/** Where a subject is shown. */
export function subjectPath(family: string, subject: string): string {
  const [kind = "", ...rest] = subject.split(":");
  const no = segment(rest.join(":"));
  if (family === "combined_port" && kind === "box") return `/boxes/${no}`;
  if (family === "combined_port" && kind === "bill") return `/transfers/${no}`;
  if (family === "bonded_oil" && kind === "account") return `/oil/${no}`;
  if (family === "certificate" && kind === "certificate") return `/certificates/${no}`;
  return `/subjects/${family}/${segment(subject)}`;
}

const FAMILIES: Record<string, string> = {
  box: "combined_port",
  bill: "combined_port",
  plan: "combined_port",
  ship: "combined_port",
  line: "guarantee",
  drawdown: "guarantee",
  account: "bonded_oil",
  delivery: "bonded_oil",
  certificate: "certificate",
  letter: "certificate",
  file: "evidence",
  party: "membership",
  proposal: "membership",
};

/** A subject by its kind and number. */
export function SubjectLink({ subject, family, bare = false }: { subject: string; family?: string; bare?: boolean }) {
  const { word } = useTexts();
  const [kind = "", ...rest] = subject.split(":");
  const home = family ?? FAMILIES[kind] ?? "combined_port";
  return (
    <Link href={subjectPath(home, subject)}>
      {!bare && <span className="quiet">{word("kind", kind)} </span>}
      <span className="figure">{rest.join(":")}</span>
    </Link>
  );
}

/** Labels and values in a row or a column. */
export function Facts({ items }: { items: [label: ReactNode, value: ReactNode][] }) {
  return (
    <dl className="facts">
      {items.map(([label, value], at) => (
        <div key={at}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A part of a page under its heading. */
export function Section(props: { title: ReactNode; side?: ReactNode; children: ReactNode }) {
  return (
    <section className="part">
      <header>
        <h2>{props.title}</h2>
        {props.side && <div className="side">{props.side}</div>}
      </header>
      {props.children}
    </section>
  );
}
