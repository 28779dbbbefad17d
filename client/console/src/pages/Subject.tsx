// Any subject of the ledger: its record, its history, its proof.


import { segment } from "../api/http";
import type { History, Subject as SubjectDoc } from "../api/types";
import { useGet } from "../api/use";
import { Shown } from "../parts/answer";
import { Lanes } from "../parts/lanes";
import { ProofButton } from "../parts/proof";
import { useAlertText } from "../parts/sentence";
import { Facts, Mark, Section } from "../parts/small";
import { Tree } from "../parts/tree";
import { Verify } from "../parts/verify";
import { useTitle } from "../parts/title";
import { useTexts } from "../texts/use";

export function Subject({ family = "", subject = "" }: { family?: string; subject?: string }) {
  const { t, word } = useTexts();
  const says = useAlertText();
  const path = `/v1/subjects/${segment(family)}/${segment(subject)}`;
  const record = useGet<SubjectDoc>(path);
  const history = useGet<History>(`${path}/history?limit=500`);
  const [kind = "", ...rest] = subject.split(":");
  useTitle(subject);
  return (
    <>
      <h1>
        {word("kind", kind)} {rest.join(":")} <span className="quiet">{word("family", family)}</span>
      </h1>
      <Shown of={record}>
        {(found) => (
          <>
            {found.alerts.map((alert) => (
              <p key={alert.kind}>
                <Mark tone="wait">{word("alert", alert.kind)}</Mark> {says(alert)}
              </p>
            ))}
            <Section title={t("common.record")} side={<ProofButton family={family} subject={subject} />}>
              <Facts items={[[t("common.version"), found.version], [t("common.height"), found.height ?? "–"]]} />
              <Tree value={found.state} />
            </Section>
          </>
        )}
      </Shown>
      <Section title={t("verify.title")}>
        <Verify path={`${path}?proof=true`} />
      </Section>
      <Section title={t("common.history")}>
        <Shown of={history}>{(found) => <Lanes histories={[found.history]} />}</Shown>
      </Section>
    </>
  );
}
