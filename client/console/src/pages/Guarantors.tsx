// All guarantors that the caller may ask about; where there is one, it is shown at once.

import { Link } from "wouter";

import { segment } from "../api/http";
import type { Exposure } from "../api/types";
import { useGet, useParties } from "../api/use";
import { Shown } from "../parts/answer";
import { money } from "../parts/format";
import { Rows } from "../parts/rows";
import { useTitle } from "../parts/title";
import { useTexts } from "../texts/use";

export function Guarantors() {
  const { t, both } = useTexts();
  const parties = useParties();
  useTitle(t("menu.guarantors"));
  return (
    <>
      <h1>{t("guarantors.title")}</h1>
      <section className="part">
        <Shown of={parties}>
          {(all) => (
            <Rows
              rows={[...all].filter(([, party]) => party.roles.includes("guarantor")).map(([id, party]) => ({ id, party }))}
              id={(row) => row.id}
              none={t("guarantors.none")}
              columns={[
                { title: t("kind.party"), render: (_, row) => <Link href={`/guarantors/${segment(row.id)}`}>{both(row.party.names)}</Link> },
                { title: t("guarantor.limit"), align: "right", render: (_, row) => <Figure of={row.id} field="limit_fen" /> },
                { title: t("guarantor.live"), align: "right", render: (_, row) => <Figure of={row.id} field="live" /> },
                { title: t("guarantor.headroom"), align: "right", render: (_, row) => <Figure of={row.id} field="headroom_fen" /> },
              ]}
            />
          )}
        </Shown>
      </section>
    </>
  );
}

function Figure({ of, field }: { of: string; field: "limit_fen" | "headroom_fen" | "live" }) {
  const exposure = useGet<Exposure>(`/v1/exposure/${segment(of)}`);
  const value = exposure.data?.[field];
  if (value === undefined) return <span className="quiet">–</span>;
  return <span className="figure">{money(typeof value === "number" ? value : value.open_fen)}</span>;
}
