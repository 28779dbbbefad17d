// What needs a customs officer: statements that disagree, deadlines that passed, doubts.

import { Select } from "antd";
import { useState } from "react";

import { useLive } from "../app/live";
import type { Alert } from "../api/types";
import { Nothing, Shown } from "../parts/answer";
import { Holds, isHold } from "../parts/holds";
import { Rows, usePaged } from "../parts/rows";
import { useAlertText } from "../parts/sentence";
import { Deadline, Mark, Party, Section, SubjectLink, When } from "../parts/small";
import { useTitle } from "../parts/title";
import { useTexts } from "../texts/use";

export function Customs() {
  const { t } = useTexts();
  const paged = usePaged<Alert>("/v1/alerts?limit=200");
  useTitle(t("menu.customs"));
  return (
    <>
      <h1>{t("menu.customs")}</h1>
      <Shown of={paged.answer}>
        {(page) => {
          const holds = page.items.filter(isHold);
          return (
            <>
              <Section
                title={t("customs.title")}
                side={holds.length > 0 && <Mark tone="bad">{t("customs.open", { n: `${holds.length}${page.next === null ? "" : "+"}` })}</Mark>}
              >
                {holds.length === 0 ? <Nothing>{t("customs.none")}</Nothing> : <Holds alerts={holds} />}
              </Section>
              <Others alerts={page.items.filter((alert) => !isHold(alert))} turn={paged.turn} />
            </>
          );
        }}
      </Shown>
    </>
  );
}

function Others({ alerts, turn }: { alerts: Alert[]; turn: React.ReactNode }) {
  const { t, word } = useTexts();
  const { now } = useLive();
  const says = useAlertText();
  const [kind, setKind] = useState("");
  const kinds = [...new Set(alerts.map((alert) => alert.kind))].sort();
  const shown = alerts.filter((alert) => kind === "" || alert.kind === kind);
  return (
    <Section
      title={t("customs.alerts")}
      side={
        <>
          <Select
            size="small"
            aria-label={t("customs.filter")}
            value={kind}
            onChange={setKind}
            popupMatchSelectWidth={false}
            style={{ minWidth: 130 }}
            options={[
              { value: "", label: t("customs.everything") },
              ...kinds.map((value) => ({ value, label: word("alert", value) })),
            ]}
          />
          {turn}
        </>
      }
    >
      <Rows
        rows={shown}
        id={(alert) => `${alert.subject}/${alert.kind}/${alert.since}`}
        none={t("customs.alertsNone")}
        columns={[
          { title: t("customs.what"), render: (_, alert) => <Mark tone="wait">{word("alert", alert.kind)}</Mark> },
          { title: t("customs.subject"), render: (_, alert) => <SubjectLink subject={alert.subject} /> },
          { title: t("customs.says"), render: (_, alert) => <span className="text">{says(alert)}</span> },
          { title: t("customs.concerns"), render: (_, alert) => <Parties ids={alert.parties} /> },
          { title: t("common.since"), render: (_, alert) => <When at={alert.since} /> },
          { title: t("common.deadline"), render: (_, alert) => <Deadline at={alert.deadline} now={now} /> },
        ]}
      />
    </Section>
  );
}

function Parties({ ids }: { ids: string[] }) {
  return ids.map((id) => (
    <div key={id}>
      <Party id={id} />
    </div>
  ));
}
