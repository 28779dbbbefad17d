// What would be signed, read from the very bytes, and the button that signs it.

import { Alert, Button } from "antd";
import { type ReactNode, useState, useSyncExternalStore } from "react";

import type { Draft, Dropped } from "../api/trade";
import { onKey, ownKey } from "../app/keys";
import { SignIn } from "../app/SignIn";
import { useTexts } from "../texts/use";
import { Nothing } from "./answer";
import { inBoth } from "./facts";
import { sendAll, type Sending, type Shown } from "./importing";
import { EntryLink, Facts, Mark, Party, Section, SubjectLink, When } from "./small";
import { useTask } from "./task";
import { Tree } from "./tree";
import { type Trust, useTrust } from "./trust";
import { Report } from "./verify";

interface Props {
  dropped: Dropped;
  drafts: Shown[][];
  sending: Sending[];
  tell: (draft: number, now: Sending) => void;
}

export function Signing({ dropped, drafts, sending, tell }: Props) {
  const { t, both } = useTexts();
  const own = useSyncExternalStore(onKey, ownKey);
  const trusted = useTrust();
  const { busy, run } = useTask();
  const actions = drafts.reduce((sum, draft) => sum + draft.length, 0);
  const isRefused = sending.some(({ state }) => state === "refused");
  const isDone = drafts.length > 0 && drafts.every((_, n) => sending[n]?.state === "final");
  if (typeof trusted === "string") return <Alert type="error" showIcon title={both(inBoth(trusted))} />;
  // The key tells whose place it is, so it may be wanted before anything can be signed.
  const signer = own ? (
    <p>
      {t("key.signingAs")} <Party id={own.party} />
    </p>
  ) : (
    <p>
      {t("sign.needsKey")} <SignIn />
    </p>
  );
  if (drafts.length === 0) {
    return (
      <Section title={t("sign.title")}>
        <Nothing>{t("sign.none")}</Nothing>
        {signer}
      </Section>
    );
  }
  const sign = async () => {
    if (own && trusted) await sendAll({ key: own.key, genesis: trusted.genesis }, dropped, tell);
  };
  return (
    <Section title={t("sign.title")}>
      <p>{t("sign.many", { n: drafts.length, m: actions })}</p>
      {drafts.map((shown, n) => {
        const draft = dropped.drafts[n];
        return draft && <DraftView key={draft.reference} n={n + 1} draft={draft} shown={shown} now={sending[n]} trust={trusted} />;
      })}
      {signer}
      <Button type="primary" disabled={!own || !trusted || isDone} loading={busy} onClick={() => run(sign)}>
        {t("sign.button")}
      </Button>
      {isRefused && <Alert style={{ marginTop: 10 }} type="warning" showIcon title={t("sign.leaveOut")} />}
      {isDone && <Alert style={{ marginTop: 10 }} type="success" showIcon title={t("sign.done")} role="status" />}
    </Section>
  );
}

/** A body, short: of a seal its number, what it is and who put it on. */
function Said({ body }: { body: Shown["body"] }) {
  const { word } = useTexts();
  const flat = Object.entries(body).map(([name, value]): [string, ReactNode] => {
    const seals = name === "seals" ? (value as Record<string, string>[]) : undefined;
    const text = seals?.map(({ no, kind, issuer }) => `${no} (${word("value", kind ?? "")}, ${issuer})`).join(", ");
    return [word("field", name), <Tree key={name} name={name} value={seals ? text : value} />];
  });
  return <Facts items={flat} />;
}

interface DraftProps {
  n: number;
  draft: Draft;
  shown: Shown[];
  now: Sending | undefined;
  trust: Trust | undefined;
}

function DraftView({ n, draft, shown, now, trust }: DraftProps) {
  const { t, word } = useTexts();
  // A hundred statements are written out for whoever opens them.
  const [open, setOpen] = useState(n === 1);
  return (
    <details className="draft" open={open} onToggle={(event) => setOpen(event.currentTarget.open)} data-draft={draft.reference}>
      <summary>
        {t("sign.draft", { n, m: shown.length })} <code>{draft.reference}</code>{" "}
        {now?.state === "final" && (
          <>
            <Mark tone={now.report.ok ? "good" : "bad"}>{t(now.report.ok ? "sign.final" : "sign.unproven")}</Mark>{" "}
            <EntryLink id={now.entry} />
          </>
        )}
        {now?.state === "refused" && <Mark tone="bad">{t("sign.refused")}</Mark>}
      </summary>
      {open && (
        <>
          {now?.state === "final" && trust && <Report report={now.report} trust={trust} />}
          <Facts
            items={[
              [t("entry.eventTime"), <When key="e" at={draft.event_time} />],
              [t("sign.expires"), <When key="x" at={draft.expires} />],
              [t("sign.document"), <code key="d">{draft.documents.join(", ")}</code>],
            ]}
          />
          <ol className="actions">
            {shown.map(({ kind, subject, body }, at) => (
              <li key={at}>
                <b>{word("entryKind", kind)}</b> <SubjectLink subject={subject} />
                <Said body={body} />
              </li>
            ))}
          </ol>
        </>
      )}
    </details>
  );
}
