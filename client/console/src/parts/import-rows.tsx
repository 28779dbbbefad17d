// The report of a trade file: its messages where something is wrong with them, and every container.

import { Button, Segmented } from "antd";
import { useState } from "react";

import type { Dropped, Movement, Reason, Verdict } from "../api/trade";
import type { Key } from "../texts";
import { useTexts } from "../texts/use";
import { reasonInBoth } from "./facts";
import { count } from "./format";
import { RowForms } from "./import-row-forms";
import { type Given, messages, type Row, type Sending } from "./importing";
import { Rows } from "./rows";
import { useNamed } from "./sentence";
import { EntryLink, Mark, Section, SubjectLink, type Tone, When } from "./small";

/** How many faults of messages are listed. */
const FAULTS_MAX = 40;
const PAGE_ROWS = 50;

interface Props {
  dropped: Dropped;
  rows: Row[];
  given: Given;
  onGiven: (given: Given) => void;
  sending: Sending[];
}

/** What is wrong with interchanges and messages themselves. */
export function MessageFaults({ dropped }: { dropped: Dropped }) {
  const { t, both } = useTexts();
  const faults = [
    ...dropped.report.interchanges.flatMap(({ reference, notes }) => notes.map((note) => ({ name: reference, note }))),
    ...messages(dropped).flatMap(({ message_type, reference, reasons }) =>
      reasons.map((note) => ({ name: `${message_type} ${reference}`, note })),
    ),
  ];
  if (faults.length === 0) return null;
  const more = faults.length - FAULTS_MAX;
  return (
    <Section title={t("import.messages")}>
      <ul className="reasons">
        {faults.slice(0, FAULTS_MAX).map(({ name, note }, at) => (
          <li key={at}>
            <span className="quiet">
              {name} · {t("import.atLine", { n: note.at.line })}
            </span>{" "}
            {both(reasonInBoth(note))}
          </li>
        ))}
      </ul>
      {more > 0 && <p className="quiet">{t("import.moreMessages", { n: more })}</p>}
    </Section>
  );
}

const SORTS: { sort: string; name: Key; of: (row: Row) => boolean }[] = [
  { sort: "all", name: "import.all", of: () => true },
  { sort: "doubted", name: "verdict.doubted", of: (row) => row.verdict === "doubted" },
  { sort: "refused", name: "verdict.refused", of: (row) => row.verdict === "refused" },
  { sort: "lacking", name: "import.lacking", of: (row) => row.lacks.length > 0 },
];

/** Every container, and what becomes of it. */
export function FileRows({ dropped, rows, given, onGiven, sending }: Props) {
  const { t, word } = useTexts();
  const [chosen, setChosen] = useState("all");
  const sorts = SORTS.map((sort) => ({ ...sort, rows: rows.filter(sort.of) }));
  const shown = sorts.find(({ sort }) => sort === chosen)?.rows ?? rows;
  const movement = (render: (movement: Movement) => React.ReactNode) => (_: unknown, row: Row) =>
    row.movement ? <span className="figure">{render(row.movement)}</span> : <span className="quiet">–</span>;
  return (
    <Section title={t("import.report")}>
      <p>{t("import.counts", { ...dropped.report.containers, lacking: dropped.left_out.length })}</p>
      <div style={{ overflowX: "auto", marginBottom: 8 }}>
        <Segmented
          size="small"
          value={chosen}
          onChange={setChosen}
          options={sorts.map(({ sort, name, rows }) => ({ value: sort, label: `${t(name)} ${rows.length}` }))}
        />
      </div>
      <Rows<Row>
        rows={shown}
        id={(row) => String(row.id)}
        none={t("import.none")}
        pageSize={PAGE_ROWS}
        columns={[
          { title: t("import.line"), render: (_, row) => <span className="figure">{row.line}</span> },
          {
            title: t("wharf.box"),
            render: (_, row) =>
              row.movement ? <SubjectLink bare subject={`box:${row.number}`} /> : <span className="figure">{row.number || "–"}</span>,
          },
          {
            title: t("import.outcome"),
            render: (_, row) => <Outcome row={row} given={given} onGiven={onGiven} sending={sending} />,
          },
          { title: t("import.move"), render: (_, row) => (row.kind ? word("trade", row.kind) : "–") },
          { title: t("import.type"), render: movement((m) => m.size_type ?? m.size_type_as_read) },
          { title: t("option.fullness"), render: movement((m) => word("value", m.fullness ?? "–")) },
          { title: t("import.gross"), render: movement((m) => grossOf(m)) },
          { title: t("import.time"), render: movement((m) => <When at={m.time?.utc_ms} />) },
          { title: t("import.seals"), render: movement((m) => m.seals.map(({ number }) => number ?? "?").join(", ") || "–") },
        ]}
      />
    </Section>
  );
}

function grossOf({ vgm_kg, gross_kg }: Movement): string {
  const kg = vgm_kg ?? gross_kg;
  return kg === null ? "–" : count(kg);
}

const TONES: Record<Verdict, Tone> = { taken: "good", doubted: "wait", refused: "bad" };

type OutcomeProps = Omit<Props, "dropped" | "rows"> & { row: Row };

function Outcome({ row, given, onGiven, sending }: OutcomeProps) {
  const { t, word } = useTexts();
  const isOut = given.without.includes(row.number);
  const leave = () => onGiven({ ...given, without: [...given.without, row.number] });
  const take = () => onGiven({ ...given, without: given.without.filter((no) => no !== row.number) });
  const now = row.place && sending[row.place.draft];
  const isRefused = now?.state === "refused" && now.why.action === row.place?.action;
  return (
    <div className="text" data-row={row.number}>
      <Mark tone={TONES[row.verdict]}>{word("verdict", row.verdict)}</Mark>{" "}
      {row.place && <Sent place={row.place} now={now} begun={sending.length > 0} />}{" "}
      {row.movement && now?.state !== "final" && (
        <Button size="small" type={isRefused ? "primary" : "link"} onClick={isOut ? take : leave}>
          {t(isOut ? "import.withAgain" : "import.without")}
        </Button>
      )}
      <Reasons reasons={row.reasons} />
      <Lacks lacks={row.lacks} />
      {row.movement && now?.state !== "final" && <RowForms row={row} refused={isRefused ? now.why.field : undefined} given={given} onGiven={onGiven} />}
    </div>
  );
}

function Reasons({ reasons }: { reasons: Reason[] }) {
  const { t, both } = useTexts();
  if (reasons.length === 0) return null;
  return (
    <ul className="reasons">
      {reasons.map((reason, at) => (
        <li key={at}>
          {both(reasonInBoth(reason))} <span className="quiet">{t("import.atLine", { n: reason.at.line })}</span>
        </li>
      ))}
    </ul>
  );
}

/** What is missing in the words of this page; the node's own name options of the command line. */
function Lacks({ lacks }: { lacks: Reason[] }) {
  const { both, known } = useTexts();
  if (lacks.length === 0) return null;
  return (
    <ul className="reasons">
      {lacks.map((reason, at) => (
        <li key={at}>
          <b>{known("need", reason.code) ?? both(reasonInBoth(reason))}</b>
        </li>
      ))}
    </ul>
  );
}

/** What became of the entry that a row stands in. */
function Sent({ place, now, begun }: { place: { action: number }; now: Sending | undefined; begun: boolean }) {
  const { t, both } = useTexts();
  const named = useNamed();
  if (!now) return begun ? <span className="quiet">{t("sign.waits")}</span> : null;
  if (now.state === "sending") return <span className="quiet">{t("sign.sending")}</span>;
  if (now.state === "final") {
    return (
      <>
        <Mark tone={now.report.ok ? "good" : "bad"}>{t(now.report.ok ? "sign.final" : "sign.unproven")}</Mark>{" "}
        <EntryLink id={now.entry} />
      </>
    );
  }
  if (now.why.action !== undefined && now.why.action !== place.action) return <span className="quiet">{t("sign.withIt")}</span>;
  return (
    <>
      <Mark tone="bad">{t("sign.refused")}</Mark> <b data-refused>{named(both(now.why.detail))}</b>
    </>
  );
}
