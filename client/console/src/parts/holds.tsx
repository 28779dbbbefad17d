// Two statements that disagree, side by side.

import { Pagination } from "antd";
import { useState } from "react";

import { useLive } from "../app/live";
import { segment } from "../api/http";
import type { Alert, Hold as HoldDoc, Said, Subject } from "../api/types";
import { useGet } from "../api/use";
import { useTexts } from "../texts/use";
import { Clear } from "./clear";
import { differ, type Piece } from "./diff";
import { EvidenceCount } from "./evidence";
import { useAlertText } from "./sentence";
import { Deadline, EntryLink, Mark, Party, SubjectLink, useSpan } from "./small";

/** Whether an alert is two statements that disagree, and so a hold. */
export function isHold(alert: Alert): boolean {
  return alert.statements.length === 2 && (alert.kind.endsWith("_mismatch") || alert.kind === "inspection_discrepancy");
}

/** The family of a subject that is held: holds are the combined port's. */
const FAMILY = "combined_port";

/** How many are shown at once: each asks the node for its record and its evidence. */
const SHOWN = 10;

export function Holds({ alerts }: { alerts: Alert[] }) {
  const [page, setPage] = useState(1);
  const holds = alerts.filter(isHold);
  // What was cleared goes away under whoever has turned the page.
  const at = Math.min(page, Math.max(1, Math.ceil(holds.length / SHOWN)));
  return (
    <>
      {holds.slice((at - 1) * SHOWN, at * SHOWN).map((alert) => (
        <Hold key={`${alert.subject}/${alert.kind}/${alert.since}`} alert={alert} />
      ))}
      <Pagination
        size="small"
        align="end"
        hideOnSinglePage
        showSizeChanger={false}
        pageSize={SHOWN}
        total={holds.length}
        current={at}
        onChange={setPage}
      />
    </>
  );
}

function Hold({ alert }: { alert: Alert }) {
  const { t, word } = useTexts();
  const { now } = useLive();
  const words = useSpan();
  const says = useAlertText();
  // The alert tells who disagrees; what clears it has to name the hold by its number.
  const record = useGet<Subject<{ holds: HoldDoc[] }>>(`/v1/subjects/${FAMILY}/${segment(alert.subject)}`);
  const hold = record.data?.state.holds.find(
    ({ first, second }) => first.entry === alert.statements[0]?.entry && second.entry === alert.statements[1]?.entry,
  );
  const [first, second] = alert.statements;
  if (!first || !second) return null;
  const [a, b] = differ(first.value, second.value);
  return (
    <article className="hold" data-hold={alert.subject}>
      <header>
        <Mark tone="bad">{word("alert", alert.kind)}</Mark>
        <SubjectLink subject={alert.subject} />
        <span>
          <span className="quiet">{t("customs.field")}</span> <b>{word("field", alert.field ?? "")}</b>
        </span>
        <span className="quiet">
          {t("customs.age")} {words(Math.max(0, now - alert.since))}
        </span>
        <span>
          <span className="quiet">{t("common.deadline")}</span> <Deadline at={alert.deadline} now={now} />
        </span>
        <EvidenceCount family={FAMILY} subject={alert.subject} />
        {hold && <Clear subject={alert.subject} hold={hold} />}
      </header>
      <div className="pair">
        <Statement title={t("customs.earlier")} said={first} value={a} />
        <Statement title={t("customs.later")} said={second} value={b} />
      </div>
      <footer className="quiet">{says(alert)}</footer>
    </article>
  );
}

function Statement({ title, said, value }: { title: string; said: Said; value: Piece[] }) {
  return (
    <div className="said differs">
      <div className="quiet">{title}</div>
      <div className="value">
        {value.map((piece, at) => (piece.differs ? <mark key={at}>{piece.text}</mark> : <span key={at}>{piece.text}</span>))}
      </div>
      <div>
        <Party id={said.party} /> · <EntryLink id={said.entry} />
      </div>
    </div>
  );
}
