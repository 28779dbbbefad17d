// All transfers that concern the caller, by their bills.

import type { Bill, Subject } from "../api/types";
import { PagedRows, useFound } from "../parts/rows";
import { Mark, Section, Standing, SubjectLink, When } from "../parts/small";
import { useTitle } from "../parts/title";
import { useTexts } from "../texts/use";

export function Transfers() {
  const { t, word } = useTexts();
  const found = useFound<Subject<Bill>>("combined_port", "bill", 25, t("transfers.hint"));
  useTitle(t("menu.transfers"));
  return (
    <>
      <h1>{t("transfers.title")}</h1>
      <Section
        title={found.search}
        side={found.turn}
      >
        <PagedRows<Subject<Bill>>
          of={found}
          id={(row) => row.subject}
          none={t("transfers.none")}
          columns={[
            { title: t("common.bill"), render: (_, row) => <SubjectLink bare subject={row.subject} /> },
            { title: t("transfers.flow"), render: (_, row) => word("flow", row.state.flow) },
            { title: t("common.status"), render: (_, row) => <Standing group="standing" name={row.state.standing} /> },
            { title: t("transfers.ship"), render: (_, row) => <Ship bill={row.state} /> },
            { title: t("transfers.boxes"), align: "right", render: (_, row) => Object.keys(row.state.boxes).length },
            { title: t("transfers.declared"), render: (_, row) => <span className="figure">{row.state.declaration?.entry_no ?? "–"}</span> },
            { title: t("transfers.released"), render: (_, row) => <When at={row.state.release_1?.by.at} /> },
            { title: t("transfers.tallied"), render: (_, row) => <When at={row.state.tallied?.at} /> },
            {
              title: t("transfers.needs"),
              render: (_, row) =>
                row.alerts.length === 0 ? (
                  <span className="quiet">–</span>
                ) : (
                  row.alerts.map((alert) => (
                    <Mark key={alert.kind} tone={row.state.holds.length > 0 ? "bad" : "wait"}>
                      {word("alert", alert.kind)}
                    </Mark>
                  ))
                ),
            },
          ]}
        />
      </Section>
    </>
  );
}

function Ship({ bill }: { bill: Bill }) {
  const ship = (bill.hub ?? bill.river)?.conveyance;
  return ship ? `${ship.name} ${ship.voyage}` : "–";
}
