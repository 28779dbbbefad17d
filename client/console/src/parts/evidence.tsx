// The files of evidence about a subject.

import type { By, Page, Subject } from "../api/types";
import { segment } from "../api/http";
import { useGet } from "../api/use";
import { useTexts } from "../texts/use";
import { Shown } from "./answer";
import { count, short } from "./format";
import { Rows } from "./rows";
import { EntryLink, Party, When } from "./small";

interface File {
  by: By;
  bytes: number;
  media_type: string;
  kept_at: string;
  standing: string;
  retention_until: number;
}

function path(family: string, subject: string): string {
  return `/v1/subjects/${family}/${segment(subject)}/evidence?limit=100`;
}

/** How many files there are about a subject. */
export function EvidenceCount({ family, subject }: { family: string; subject: string }) {
  const { t } = useTexts();
  const files = useGet<Page<Subject<File>>>(path(family, subject));
  const n = files.data?.items.length;
  if (n === undefined) return null;
  return <span>{n === 0 ? t("customs.noEvidence") : t("customs.evidence", { n })}</span>;
}

/** The files, with who anchored them. */
export function EvidenceList({ family, subject }: { family: string; subject: string }) {
  const { t } = useTexts();
  const files = useGet<Page<Subject<File>>>(path(family, subject));
  return (
    <Shown of={files} rows={1}>
      {(page) => (
        <Rows
          rows={page.items}
          id={(row) => row.subject}
          none={t("customs.noEvidence")}
          columns={[
            { title: "SHA-256", render: (_, row) => <code title={row.subject}>{short(row.subject.slice(5))}</code> },
            { title: t("common.details"), render: (_, row) => `${row.state.media_type}, ${count(row.state.bytes)} B` },
            { title: t("common.place"), render: (_, row) => row.state.kept_at },
            { title: t("common.by"), render: (_, row) => <Party id={row.state.by.party} /> },
            { title: t("common.final"), render: (_, row) => <When at={row.state.by.at} /> },
            { title: t("common.entry"), render: (_, row) => <EntryLink id={row.state.by.entry} /> },
          ]}
        />
      )}
    </Shown>
  );
}
