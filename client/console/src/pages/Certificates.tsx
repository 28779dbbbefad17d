// All certificates that concern the caller.

import type { Both, Subject } from "../api/types";
import { milli } from "../parts/format";
import { PagedRows, useFound } from "../parts/rows";
import { Party, Section, Standing, SubjectLink, When } from "../parts/small";
import { useTitle } from "../parts/title";
import { useTexts } from "../texts/use";

/** A certificate as the ledger keeps it, as far as the list shows it. */
export interface Kept {
  title: Both;
  standing: string;
  enterprise: string;
  valid_to: number;
  items: { no: number; hs: string; unit: string; certified_milli: number; used_milli: number }[];
  prints: number;
  uses: number;
  application: string;
}

export function Certificates() {
  const { t, both } = useTexts();
  const found = useFound<Subject<Kept>>("certificate", "certificate", 50, t("certificates.hint"));
  useTitle(t("menu.certificates"));
  return (
    <>
      <h1>{t("certificates.title")}</h1>
      <Section
        title={found.search}
        side={
          <>
            <a href="/verify">{t("certificate.public")}</a>
            {found.turn}
          </>
        }
      >
        <PagedRows
          of={found}
          id={(row) => row.subject}
          none={t("certificates.none")}
          columns={[
            { title: t("certificates.no"), render: (_, row) => <SubjectLink bare subject={row.subject} /> },
            { title: t("certificates.kind"), render: (_, row) => both(row.state.title) },
            { title: t("common.status"), render: (_, row) => <Standing group="standing" name={row.state.standing} /> },
            { title: t("certificate.for"), render: (_, row) => <Party id={row.state.enterprise} /> },
            { title: t("certificates.used"), render: (_, row) => <Used kept={row.state} /> },
            { title: t("certificate.prints"), align: "right", render: (_, row) => row.state.prints },
            { title: t("certificates.validTo"), render: (_, row) => <When at={row.state.valid_to} date /> },
          ]}
        />
      </Section>
    </>
  );
}

function Used({ kept }: { kept: Kept }) {
  const first = kept.items[0];
  if (!first) return <span className="quiet">–</span>;
  return (
    <span className="figure">
      {milli(first.used_milli)} / {milli(first.certified_milli)} {first.unit}
    </span>
  );
}
