// What a guarantor answers for: over time, by due date, by enterprise; line by line; with the file
// that proves it.

import { Alert, Progress } from "antd";
import { useMemo, useState } from "react";

import { segment } from "../api/http";
import type { Exposure, LineRow, LineView, Sum } from "../api/types";
import { useGet, useName } from "../api/use";
import { palette } from "../app/theme";
import { Nothing, Shown } from "../parts/answer";
import { AsOf } from "../parts/as-of";
import { axes, Chart, millions, moneyAxis, type Option } from "../parts/chart";
import { count, money, moneyShort } from "../parts/format";
import { ExposureOverTime } from "../parts/overtime";
import { FileButton } from "../parts/proof";
import { Rows } from "../parts/rows";
import { Party, Section, Standing, SubjectLink, When } from "../parts/small";
import { useTitle } from "../parts/title";
import { useTexts } from "../texts/use";

export function Guarantor({ id = "" }: { id?: string }) {
  const { t, both } = useTexts();
  const name = both(useName(id));
  const [chosen, setChosen] = useState<number>();
  const now = useGet<Exposure>(`/v1/exposure/${segment(id)}`);
  const then = useGet<Exposure>(chosen === undefined ? null : `/v1/exposure/${segment(id)}?at=${chosen}`, { fixed: true });
  const exposure = chosen === undefined ? now : then;
  useTitle(name);
  return (
    <>
      <h1>
        {t("guarantor.title", { name })}
        {exposure.data && <span className="quiet">{t("guarantor.at", { height: exposure.data.height })}</span>}
      </h1>
      {now.data && <AsOf tip={now.data.height} chosen={chosen} onChosen={setChosen} />}
      <Shown of={exposure}>{(found) => <Found exposure={found} />}</Shown>
    </>
  );
}

function Found({ exposure }: { exposure: Exposure }) {
  const { t } = useTexts();
  return (
    <>
      {exposure.expiring_with_draws.map((line) => (
        <Alert key={line} type="warning" showIcon title={t("guarantor.expiring", { line })} style={{ marginBottom: 10 }} />
      ))}
      {exposure.expired_with_draws.map((line) => (
        <Alert key={line} type="warning" showIcon title={t("guarantor.expired", { line })} style={{ marginBottom: 10 }} />
      ))}
      <Figures exposure={exposure} />
      <Section title={t("guarantor.lines")}>
        <Lines exposure={exposure} />
      </Section>
      <div className="columns">
        <Section title={t("guarantor.overTime")}>
          <ExposureOverTime of={exposure} />
        </Section>
        <Section title={t("guarantor.byDue")}>
          <ByDue sums={exposure.by_due} />
        </Section>
      </div>
      <div className="columns">
        <Section title={t("guarantor.byEnterprise")}>
          <Sums sums={exposure.by_enterprise} title={t("common.enterprise")} name={(key) => <Party id={key} />} />
        </Section>
        <ByScope exposure={exposure} />
        <Section title={t("guarantor.claims")}>
          {exposure.claims.length === 0 ? <Nothing>{t("guarantor.noClaims")}</Nothing> : <Claims exposure={exposure} />}
        </Section>
      </div>
    </>
  );
}

function Claims({ exposure }: { exposure: Exposure }) {
  const claims = exposure.claims as { entry_no?: string; open_fen?: number }[];
  return claims.map((claim, at) => (
    <div key={claim.entry_no ?? at}>
      {claim.entry_no && <SubjectLink subject={`drawdown:${claim.entry_no}`} />}{" "}
      {claim.open_fen !== undefined && <span className="figure">{money(claim.open_fen)}</span>}
    </div>
  ));
}

function Figures({ exposure }: { exposure: Exposure }) {
  const { t, language } = useTexts();
  const used = exposure.limit_fen === 0 ? 0 : (exposure.live.open_fen / exposure.limit_fen) * 100;
  const short = (fen: number) => t("guarantor.short", { n: moneyShort(fen, language) });
  const figures: [string, string, string][] = [
    [t("guarantor.live"), short(exposure.live.open_fen), t("guarantor.draws", { n: exposure.live.count })],
    [t("guarantor.limit"), short(exposure.limit_fen), t("guarantor.used", { percent: used.toFixed(1) })],
    [t("guarantor.headroom"), short(exposure.headroom_fen), `CNY ${money(exposure.headroom_fen)}`],
    [
      t("guarantor.soon"),
      short(exposure.due_in_30_days.open_fen),
      t("guarantor.sooner", { sum: short(exposure.due_in_7_days.open_fen) }),
    ],
    [t("guarantor.overdue"), short(exposure.overdue.open_fen), t("guarantor.draws", { n: exposure.overdue.count })],
  ];
  return (
    <div className="kpis">
      {figures.map(([label, figure, under]) => (
        <div className="kpi" key={label}>
          <div className="label">{label}</div>
          <div className="figure">{figure}</div>
          <div className="under">{under}</div>
        </div>
      ))}
    </div>
  );
}

function Lines({ exposure }: { exposure: Exposure }) {
  const { t } = useTexts();
  return (
    <Rows<LineRow>
      rows={exposure.lines}
      id={(row) => row.filing_no}
      none={t("common.none")}
      pageSize={20}
      expandable={{ expandedRowRender: (row) => <Draws line={row.filing_no} height={exposure.height} /> }}
      columns={[
        { title: t("guarantor.filing"), render: (_, row) => <SubjectLink bare subject={`line:${row.filing_no}`} /> },
        { title: t("common.status"), render: (_, row) => <Standing group="standing" name={row.standing} /> },
        { title: t("common.enterprise"), render: (_, row) => <Party id={row.enterprise} /> },
        {
          title: t("guarantor.usedOf"),
          render: (_, row) => (
            <Progress
              aria-label={t("guarantor.usedOf")}
              percent={Math.round((row.used_fen / Math.max(row.limit_fen, 1)) * 1000) / 10}
              size="small"
              strokeColor={palette.main}
              status="normal"
              style={{ minWidth: 110 }}
            />
          ),
        },
        { title: t("guarantor.live"), align: "right", render: (_, row) => <span className="figure">{money(row.used_fen)}</span> },
        { title: t("guarantor.headroom"), align: "right", render: (_, row) => <span className="figure">{money(row.headroom_fen)}</span> },
        { title: t("guarantor.validTo"), render: (_, row) => <When at={row.valid_to} date /> },
        {
          title: "",
          render: (_, row) => (
            <FileButton
              primary
              path={`/v1/lines/${segment(row.filing_no)}?proof=true&at=${exposure.height}`}
              name={`${row.filing_no}-${exposure.height}.statement`}
              title={t("guarantor.statement")}
              hint={t("guarantor.statementWhy")}
            />
          ),
        },
      ]}
    />
  );
}

function Draws({ line, height }: { line: string; height: number }) {
  const { t, word } = useTexts();
  const view = useGet<LineView>(`/v1/lines/${segment(line)}?at=${height}`, { fixed: true });
  return (
    <Shown of={view}>
      {(found) => (
        <Rows
          rows={found.live}
          id={(row) => row.entry_no}
          none={t("common.none")}
          pageSize={20}
          columns={[
            { title: t("guarantor.drawdown"), render: (_, row) => <SubjectLink bare subject={`drawdown:${row.entry_no}`} /> },
            { title: t("common.enterprise"), render: (_, row) => <Party id={row.enterprise} /> },
            { title: t("guarantor.byScope"), render: (_, row) => word("scope", row.scope) },
            { title: t("common.amount"), align: "right", render: (_, row) => <span className="figure">{money(row.open_fen)}</span> },
            { title: t("common.due"), render: (_, row) => <When at={row.due} date /> },
          ]}
        />
      )}
    </Shown>
  );
}

function ByDue({ sums }: { sums: Record<string, Sum> }) {
  const { t } = useTexts();
  const rows = useMemo(() => Object.entries(sums).sort(([a], [b]) => a.localeCompare(b)), [sums]);
  const option = useMemo<Option>(
    () => ({
      grid: { left: 48, right: 12, top: 26, bottom: 24 },
      tooltip: { trigger: "axis", confine: true },
      xAxis: { type: "category", data: rows.map(([due]) => due), axisLine: axes.line, axisLabel: axes.label, axisTick: { show: false } },
      yAxis: moneyAxis(t("guarantor.millions")),
      series: [{ type: "bar", data: rows.map(([, sum]) => millions(sum.open_fen)), barMaxWidth: 38, itemStyle: { color: palette.main } }],
    }),
    [rows, t],
  );
  if (rows.length === 0) return <Nothing>{t("common.none")}</Nothing>;
  return (
    <>
      <Chart option={option} label={t("guarantor.byDue")} />
      <details>
        <summary>{t("guarantor.tableOf")}</summary>
        <Sums sums={sums} title={t("common.due")} name={(key) => <span className="figure">{key}</span>} />
      </details>
    </>
  );
}

function ByScope({ exposure }: { exposure: Exposure }) {
  const { t, word } = useTexts();
  return (
    <Section title={t("guarantor.byScope")}>
      <Sums sums={exposure.by_scope} title={t("guarantor.byScope")} name={(key) => word("scope", key)} />
      <Sums sums={exposure.by_stage} title={t("common.status")} name={(key) => <Standing group="stage" name={key} />} />
    </Section>
  );
}

function Sums(props: { sums: Record<string, Sum>; title: string; name: (key: string) => React.ReactNode }) {
  const { t } = useTexts();
  const rows = Object.entries(props.sums).map(([key, sum]) => ({ key, ...sum }));
  return (
    <Rows
      rows={rows}
      id={(row) => row.key}
      none={t("common.none")}
      pageSize={20}
      columns={[
        { title: props.title, render: (_, row) => props.name(row.key) },
        { title: t("guarantor.drawsOf"), align: "right", render: (_, row) => count(row.count) },
        { title: t("common.amount"), align: "right", render: (_, row) => <span className="figure">{money(row.open_fen)}</span> },
      ]}
    />
  );
}

