// One batch: who agreed to it, and what it holds.


import type { BatchNews } from "../api/types";
import { useGet } from "../api/use";
import { Shown } from "../parts/answer";
import { Lanes } from "../parts/lanes";
import { Rows } from "../parts/rows";
import { EntryLink, Facts, Mark, Party, Section, When } from "../parts/small";
import { useTitle } from "../parts/title";
import { useTexts } from "../texts/use";

export function Batch({ height = "" }: { height?: string }) {
  const { t, word } = useTexts();
  const batch = useGet<BatchNews>(/^\d{1,15}$/.test(height) ? `/v1/batches/${height}` : null, { fixed: true });
  useTitle(t("batch.title", { height }));
  return (
    <>
      <h1>{t("batch.title", { height })}</h1>
      <Shown of={batch}>
        {(found) => (
          <>
            <Section title={t("common.details")}>
              <Facts
                items={[
                  [t("common.final"), <When key="t" at={found.header.time} />],
                  [t("network.proposer"), <Party key="p" id={found.header.proposer} />],
                  [t("network.round"), found.round],
                  [t("network.log"), found.header.log_size],
                  [t("common.by"), <span key="s">{found.signed_by.map((id) => <div key={id}><Party id={id} /></div>)}</span>],
                  [t("network.notSigned"), found.not_signed_by.length === 0 ? t("network.all") : <span key="n">{found.not_signed_by.map((id) => <div key={id}><Party id={id} /></div>)}</span>],
                ]}
              />
            </Section>
            <Section title={t("network.entries")}>
              <Rows
                rows={found.entries}
                id={(row) => row.id}
                none={t("batch.none")}
                pageSize={20}
                columns={[
                  { title: t("common.entry"), render: (_, row) => <EntryLink id={row.id} /> },
                  { title: t("common.by"), render: (_, row) => (row.party ? <Party id={row.party} /> : "–") },
                  { title: t("entry.reference"), dataIndex: "reference" },
                  { title: t("entry.actions"), render: (_, row) => row.kinds.map((kind) => word("entryKind", kind.split(".").at(-1) ?? "")).join(", ") },
                  {
                    title: t("common.status"),
                    render: (_, row) =>
                      row.rule === null ? (
                        <Mark tone="good">{t("entry.accepted")}</Mark>
                      ) : (
                        <Mark tone="bad">{t("common.refusal", { rule: row.rule })}</Mark>
                      ),
                  },
                ]}
              />
            </Section>
            {found.happenings.length > 0 && (
              <Section title={`${t("common.history")} · ${word("family", found.happenings[0]?.family ?? "")}`}>
                <Lanes of histories={[found.happenings]} />
              </Section>
            )}
          </>
        )}
      </Shown>
    </>
  );
}
