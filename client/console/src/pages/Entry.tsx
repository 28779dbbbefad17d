// One entry: who signed it, when it became final, what it says, and its receipt.

import { Link } from "wouter";

import { segment } from "../api/http";
import type { Entry as EntryDoc } from "../api/types";
import { useGet } from "../api/use";
import { Shown } from "../parts/answer";
import { FileButton } from "../parts/proof";
import { useRefusals } from "../parts/sentence";
import { Facts, Mark, Party, Section, SubjectLink, When } from "../parts/small";
import { Tree } from "../parts/tree";
import { Verify } from "../parts/verify";
import { useTitle } from "../parts/title";
import { useTexts } from "../texts/use";

export function Entry({ id = "" }: { id?: string }) {
  const { t } = useTexts();
  const entry = useGet<EntryDoc>(`/v1/entries/${segment(id)}`);
  useTitle(t("entry.title"));
  return (
    <>
      <h1>
        {t("entry.title")} <code style={{ fontSize: 13 }}>{id}</code>
      </h1>
      <Shown of={entry}>{(found) => <Found entry={found} />}</Shown>
    </>
  );
}

function Found({ entry }: { entry: EntryDoc }) {
  const { t, word } = useTexts();
  const { said } = useRefusals();
  const final = entry.state !== "waiting";
  return (
    <>
      <Section title={<State entry={entry} />} side={final && <Receipts id={entry.id} refused={entry.state === "refused"} />}>
        {entry.refusal && <p>{said(entry.refusal.refusal)}</p>}
        <Facts
          items={[
            [t("common.by"), entry.party ? <Party key="p" id={entry.party} /> : "–"],
            [t("common.final"), <When key="f" at={entry.time} />],
            [t("common.height"), entry.height === undefined ? "–" : <Link key="h" href={`/batches/${entry.height}`} className="figure">{entry.height}</Link>],
            [t("entry.leaf"), entry.leaf ?? "–"],
            [t("entry.reference"), entry.reference ?? "–"],
            [t("entry.eventTime"), <When key="e" at={entry.event_time} />],
            [t("entry.key"), <code key="k">{entry.kid?.slice(0, 16)}…</code>],
          ]}
        />
      </Section>
      {final && (
        <Section title={t("verify.title")}>
          <Verify path={`/v1/entries/${entry.id}/receipt`} />
        </Section>
      )}
      {entry.actions?.map((action, at) => (
        <Section
          key={at}
          title={
            <>
              {word("family", action.family)} · {word("entryKind", action.kind)} ·{" "}
              <SubjectLink family={action.family} subject={action.subject} />
            </>
          }
        >
          <Tree value={action.body} />
        </Section>
      ))}
    </>
  );
}

function State({ entry }: { entry: EntryDoc }) {
  const { t } = useTexts();
  if (entry.state === "accepted") return <Mark tone="good">{t("entry.accepted")}</Mark>;
  if (entry.state === "waiting") return <Mark tone="wait">{t("entry.waiting")}</Mark>;
  return <Mark tone="bad">{t("common.refusal", { rule: entry.refusal?.refusal.rule ?? "" })}</Mark>;
}

function Receipts({ id, refused }: { id: string; refused: boolean }) {
  const { t } = useTexts();
  const path = `/v1/entries/${id}/receipt`;
  return (
    <>
      <FileButton primary path={path} name={`${id.slice(0, 12)}.receipt`} title={t("entry.receipt")} hint={t("entry.receiptWhy")} />
      {/* Refusals have the compact form only. */}
      {!refused && <FileButton path={`${path}?format=cose`} name={`${id.slice(0, 12)}.cose`} title={t("entry.receiptCose")} />}
    </>
  );
}
