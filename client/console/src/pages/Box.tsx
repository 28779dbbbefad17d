// One container: may it go, where is it, what does everybody say about it.


import type { BoxAnswer, Container, History, Subject } from "../api/types";
import { segment } from "../api/http";
import { useGet } from "../api/use";
import { Shown } from "../parts/answer";
import { EvidenceList } from "../parts/evidence";
import { Holds } from "../parts/holds";
import { Lanes } from "../parts/lanes";
import { ProofButton } from "../parts/proof";
import { EntryLink, Facts, Section, SubjectLink } from "../parts/small";
import { Verdict } from "../parts/verdict";
import { useTitle } from "../parts/title";
import { useTexts } from "../texts/use";

export function Box({ no = "" }: { no?: string }) {
  const { t } = useTexts();
  const subject = `combined_port/${segment(`box:${no}`)}`;
  const next = useGet<BoxAnswer>(`/v1/boxes/${segment(no)}/next`);
  const record = useGet<Subject<Container>>(`/v1/subjects/${subject}`);
  const history = useGet<History>(`/v1/subjects/${subject}/history?limit=500`);
  useTitle(no);
  return (
    <>
      <h1>{t("box.title", { no })}</h1>
      <section className="part">
        <Verdict no={no} of={next} />
      </section>
      <Shown of={record}>
        {({ state, alerts }) => (
          <>
            {state.holds.length > 0 && (
              <Section title={t("customs.title")}>
                <Holds alerts={alerts} />
              </Section>
            )}
            <Section title={t("common.details")} side={<ProofButton family="combined_port" subject={`box:${no}`} />}>
              <Facts
                items={[
                  [t("common.bill"), state.trip ? <SubjectLink bare key="b" subject={`bill:${state.trip.bill_no}`} /> : "–"],
                  [t("box.type"), state.trip?.size_type ?? "–"],
                  [
                    t("box.seals"),
                    state.seals ? (
                      <span key="s">
                        {state.seals.numbers.join(", ")} · <EntryLink id={state.seals.by.entry} />
                      </span>
                    ) : (
                      "–"
                    ),
                  ],
                  [t("box.vgm"), state.vgm_kg === undefined ? "–" : `${state.vgm_kg.toLocaleString("en-US")} kg`],
                  [t("box.stowage"), state.stowage ?? "–"],
                  [t("box.plan"), state.trip?.batch_no ? <SubjectLink bare key="p" subject={`plan:${state.trip.batch_no}`} /> : "–"],
                ]}
              />
            </Section>
          </>
        )}
      </Shown>
      <Section title={t("transfer.lanes")}>
        <Shown of={history}>{(found) => <Lanes histories={[found.history]} />}</Shown>
      </Section>
      <Section title={t("common.evidence")}>
        <EvidenceList family="combined_port" subject={`box:${no}`} />
      </Section>
    </>
  );
}
