// Whatever bears a number. Where one thing alone bears it, it is shown at once.

import { Redirect } from "wouter";

import type { Found } from "../api/types";
import { useGet } from "../api/use";
import { Nothing, Shown } from "../parts/answer";
import { Rows } from "../parts/rows";
import { Section, SubjectLink, subjectPath } from "../parts/small";
import { useTitle } from "../parts/title";
import { useTexts } from "../texts/use";

export function Search({ q = "" }: { q?: string }) {
  const { t, word } = useTexts();
  const text = q.trim();
  // Digests are written in small letters, all other numbers in capitals.
  const sought = /^[0-9a-fA-F]{64}$/.test(text) ? text.toLowerCase() : text.toUpperCase();
  const found = useGet<Found>(text.length < 2 ? null : `/v1/search?q=${encodeURIComponent(sought)}`, { fixed: true });
  useTitle(q);
  return (
    <>
      <h1>{t("search.title", { q })}</h1>
      {text.length < 2 ? (
        <Nothing>{t("search.none")}</Nothing>
      ) : (
        <Shown of={found}>
          {({ subjects, entry }) => {
            const only = subjects.length === 1 && !entry ? subjects[0] : undefined;
            if (only) return <Redirect to={subjectPath(only.family, only.subject)} replace />;
            if (entry && subjects.length === 0) return <Redirect to={`/entries/${entry}`} replace />;
            return (
              <Section title={t("search.label")}>
                <Rows
                  rows={subjects}
                  id={(row) => `${row.family}/${row.subject}`}
                  none={t("search.none")}
                  columns={[
                    { title: t("search.kind"), render: (_, row) => word("family", row.family) },
                    { title: t("search.number"), render: (_, row) => <SubjectLink family={row.family} subject={row.subject} /> },
                  ]}
                />
              </Section>
            );
          }}
        </Shown>
      )}
    </>
  );
}
