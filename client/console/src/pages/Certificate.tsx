// One certificate: how it stands, what is left of it, how it came to be and what was done with it.

import { Progress } from "antd";

import { segment } from "../api/http";
import type { Both, By, History, Subject } from "../api/types";
import { useGet } from "../api/use";
import { palette } from "../app/theme";
import { Shown } from "../parts/answer";
import { milli } from "../parts/format";
import { Lanes } from "../parts/lanes";
import { ProofButton } from "../parts/proof";
import { Rows } from "../parts/rows";
import { EntryLink, Facts, Mark, Party, Section, Standing, SubjectLink, When } from "../parts/small";
import { useTitle } from "../parts/title";
import { useTexts } from "../texts/use";
import type { Kept } from "./Certificates";

interface Stands {
  standing: string;
  since: number;
  by?: By;
  cause?: string;
  title: Both;
  issued: By;
  countersigned?: By;
  enterprise: string;
  valid_from: number;
  valid_to: number;
}

export function Certificate({ no = "" }: { no?: string }) {
  const { t, both, word } = useTexts();
  const stands = useGet<Stands>(`/v1/certificates/${segment(no)}`);
  const kept = useGet<Subject<Kept>>(`/v1/subjects/certificate/${segment(`certificate:${no}`)}`);
  const application = kept.data?.state.application ?? "";
  useTitle(no);
  return (
    <>
      <h1>{t("certificate.title", { no })}</h1>
      <Shown of={stands}>
        {(c) => (
          <Section
            title={both(c.title)}
            side={
              <>
                <a href={`/verify?q=${segment(no)}`}>{t("certificate.public")}</a>
                <ProofButton family="certificate" subject={`certificate:${no}`} />
              </>
            }
          >
            <Facts
              items={[
                [t("common.status"), <Standing key="s" group="standing" name={c.standing} />],
                [t("common.since"), <span key="w"><When at={c.since} />{c.by && <> · <Party id={c.by.party} /> · <EntryLink id={c.by.entry} /></>}</span>],
                ...(c.cause ? ([[t("certificate.cause"), word("cause", c.cause)]] as [string, string][]) : []),
                [t("certificate.issuedBy"), <Party key="i" id={c.issued.party} />],
                [t("certificate.for"), <Party key="e" id={c.enterprise} />],
                [t("certificates.validTo"), <When key="v" at={c.valid_to} date />],
                [t("certificate.application"), application ? <SubjectLink bare key="a" family="certificate" subject={`application:${application}`} /> : "–"],
                [t("certificate.prints"), t("certificate.copies", { n: kept.data?.state.prints ?? 0 })],
              ]}
            />
          </Section>
        )}
      </Shown>
      <Section title={t("certificate.items")}>
        <Shown of={kept}>{({ state }) => <Items kept={state} />}</Shown>
      </Section>
      <Life no={no} application={application} />
    </>
  );
}

function Items({ kept }: { kept: Kept }) {
  const { t } = useTexts();
  const percent = (row: Kept["items"][number]) =>
    row.certified_milli === 0 ? 0 : Math.round((row.used_milli / row.certified_milli) * 1000) / 10;
  return (
    <Rows
      rows={kept.items}
      id={(row) => String(row.no)}
      none={t("common.none")}
      columns={[
        { title: "#", dataIndex: "no" },
        { title: "HS", dataIndex: "hs" },
        { title: t("certificate.certified"), align: "right", render: (_, row) => <span className="figure">{milli(row.certified_milli)} {row.unit}</span> },
        { title: t("certificates.used"), align: "right", render: (_, row) => <span className="figure">{milli(row.used_milli)} {row.unit}</span> },
        { title: t("certificate.left"), align: "right", render: (_, row) => <b className="figure">{milli(row.certified_milli - row.used_milli)} {row.unit}</b> },
        { title: "", width: 160, render: (_, row) => <Progress aria-label={t("certificates.used")} percent={percent(row)} size="small" strokeColor={palette.main} status="normal" /> },
      ]}
    />
  );
}

interface Applied {
  stage: string;
  reviews: { at: number; outcome: string; hits: number[]; ruleset: string }[];
}

function Life({ no, application }: { no: string; application: string }) {
  const { t, word } = useTexts();
  const path = (subject: string) => `/v1/subjects/certificate/${segment(subject)}`;
  const own = useGet<History>(`${path(`certificate:${no}`)}/history?limit=500`);
  const applied = useGet<History>(application ? `${path(`application:${application}`)}/history?limit=500` : null);
  const record = useGet<Subject<Applied>>(application ? path(`application:${application}`) : null);
  const reviews = record.data?.state.reviews ?? [];
  return (
    <>
      <Section title={t("certificate.reviews")}>
        <Rows
          rows={reviews}
          id={(row) => String(row.at)}
          none={t("common.none")}
          columns={[
            { title: t("common.final"), render: (_, row) => <When at={row.at} /> },
            { title: t("common.status"), render: (_, row) => <Mark tone={row.outcome === "pass" ? "good" : "wait"}>{word("outcome", row.outcome)}</Mark> },
            { title: t("common.details"), render: (_, row) => `${row.ruleset} ${row.hits.map((n) => t("certificate.row", { n })).join(", ")}` },
          ]}
        />
      </Section>
      <Section title={t("certificate.life")}>
        <Shown of={own}>
          {(found) => <Lanes histories={[applied.data?.history ?? [], found.history]} />}
        </Shown>
      </Section>
    </>
  );
}
