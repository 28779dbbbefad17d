// How the network is, in words, then in figures.

import { Button } from "antd";
import { useEffect, useMemo, useState } from "react";
import { Link } from "wouter";

import type { Batch, Page, Status } from "../api/types";
import { useGet } from "../api/use";
import { useLive } from "../app/live";
import { palette } from "../app/theme";
import { Shown } from "../parts/answer";
import { axes, Chart, type Option } from "../parts/chart";
import { count, short } from "../parts/format";
import { PagedRows, Rows } from "../parts/rows";
import { Facts, Mark, Party, Section, When } from "../parts/small";
import { quorum, spared } from "../parts/quorum";
import { useTitle } from "../parts/title";
import { useTexts } from "../texts/use";

/** Batches whose votes and times are shown. */
const BATCHES = 40;
/** Rows of the list. */
const ROWS = 15;

export function Network() {
  const { t } = useTexts();
  const { tip } = useLive();
  const height = tip?.batch.height;
  const status = useGet<Status>("/v1/status");
  const batches = useGet<Page<Batch>>(`/v1/batches?limit=${BATCHES}`);
  const { refetch: again } = status;
  const { refetch: more } = batches;
  // A heartbeat changes no record, but it changes this page.
  useEffect(() => {
    if (height === undefined) return;
    void again();
    void more();
  }, [height, again, more]);
  useTitle(t("menu.network"));
  return (
    <>
      <h1>{t("network.title")}</h1>
      <Shown of={status}>
        {(now) => (
          <>
            <Words status={now} batches={batches.data?.items ?? []} />
            <Figures status={now} />
            <Section title={t("network.validators")}>
              <Validators status={now} batches={batches.data?.items ?? []} />
            </Section>
          </>
        )}
      </Shown>
      <Section title={t("network.latency")}>
        <Shown of={batches}>{(page) => <Latency batches={page.items} />}</Shown>
      </Section>
      {status.data && <Batches tip={height ?? status.data.height} />}
    </>
  );
}

function Words({ status, batches }: { status: Status; batches: Batch[] }) {
  const { t } = useTexts();
  const { tip, now } = useLive();
  const name = status.network.name;
  const last = batches[0];
  const at = tip?.at ?? now - (status.last_batch_age_ms ?? 0);
  const s = Math.max(0, Math.round((now - at) / 1000));
  const late = s * 1000 > (status.heartbeat_ms ?? 5000) * 4;
  const all = status.validators?.length ?? 0;
  const missing = status.consensus?.missing.length ?? 0;
  const spare = spared(all, missing);
  return (
    <p className="words">
      <Mark tone={late ? "bad" : "good"}>{late ? t("network.stands", { name, s }) : t("network.moves", { name, height: last?.height ?? status.height, s })}</Mark>{" "}
      {last && all > 0 && t("network.signed", { n: last.signed_by.length, all, needed: quorum(all) })}{" "}
      {all > 0 && (spare > 0 ? t("network.tolerates", { n: spare }) : t("network.toleratesNone"))}
    </p>
  );
}

function Figures({ status }: { status: Status }) {
  const { t } = useTexts();
  const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  return (
    <section className="part">
      <Facts
        items={[
          [t("common.height"), <span key="h" className="figure">{count(status.height)}</span>],
          [t("network.log"), <span key="l" className="figure">{count(status.log_size ?? 0)}</span>],
          [t("network.backlog"), status.backlog === undefined ? "–" : `${count(status.backlog)} / ${count(status.backlog_max ?? 0)}`],
          [t("network.disk"), status.disk ? gib(status.disk.free_bytes) : "–"],
          [t("network.rules"), status.rules ?? "–"],
          [t("network.program"), `${status.moniker ?? ""} ${status.version}`],
          [t("network.id"), <code key="n" title={status.network.id}>{short(status.network.id)}</code>],
        ]}
      />
    </section>
  );
}

function Validators({ status, batches }: { status: Status; batches: Batch[] }) {
  const { t } = useTexts();
  const connected = new Set(status.consensus?.connected);
  return (
    <Rows
      rows={status.validators ?? []}
      id={(row) => row.kid}
      none={t("common.none")}
      columns={[
        { title: t("network.validator"), render: (_, row) => <Party id={row.party} /> },
        { title: t("network.power"), align: "right", dataIndex: "power" },
        {
          title: t("network.link"),
          render: (_, row) => {
            if (row.party === status.party) return <Mark tone="good">{t("network.here")}</Mark>;
            const there = connected.has(row.party);
            return <Mark tone={there ? "good" : "bad"}>{t(there ? "network.connected" : "network.notConnected")}</Mark>;
          },
        },
        { title: t("network.tip"), align: "right", render: (_, row) => <span className="figure">{row.party === status.party ? status.height : (status.consensus?.tips[row.party] ?? "–")}</span> },
        { title: t("network.clock"), align: "right", render: (_, row) => <span className="figure">{row.party === status.party ? "–" : `${status.clock?.others_ahead_ms[row.party] ?? 0} ms`}</span> },
        { title: <span title={t("network.missedWhy")}>{t("network.votes", { n: batches.length })}</span>, render: (_, row) => <Votes party={row.party} batches={batches} /> },
      ]}
    />
  );
}

function Votes({ party, batches }: { party: string; batches: Batch[] }) {
  const { t } = useTexts();
  const signed = [...batches].reverse().map((batch) => batch.signed_by.includes(party));
  const missed = signed.filter((yes) => !yes).length;
  return (
    <span>
      <span className="votes" aria-hidden>
        {signed.map((yes, at) => (
          <i key={at} className={yes ? "" : "missed"} />
        ))}
      </span>{" "}
      <span className="figure">
        {signed.length - missed} / {signed.length}
      </span>{" "}
      <span className="quiet">{t("network.missed", { n: missed })}</span>
    </span>
  );
}

function Latency({ batches }: { batches: Batch[] }) {
  const { t } = useTexts();
  const option = useMemo<Option>(() => {
    const rows = [...batches].reverse();
    const steps = rows.slice(1).map((batch, at) => [batch.height, (batch.header.time - (rows[at]?.header.time ?? 0)) / 1000]);
    return {
      grid: { left: 44, right: 12, top: 26, bottom: 24 },
      tooltip: { trigger: "axis", confine: true },
      xAxis: { type: "category", data: steps.map(([height]) => String(height)), axisLine: axes.line, axisLabel: axes.label, axisTick: { show: false } },
      yAxis: { type: "value", name: "s", nameTextStyle: axes.label, axisLabel: axes.label, splitLine: axes.split },
      series: [{ type: "bar", data: steps.map(([, s]) => s as number), itemStyle: { color: palette.soft }, barMaxWidth: 14 }],
    };
  }, [batches]);
  return <Chart option={option} label={t("network.latency")} />;
}

function Batches({ tip }: { tip: number }) {
  const { t } = useTexts();
  const [from, setFrom] = useState<number | null>(null);
  const answer = useGet<Page<Batch>>(`/v1/batches?limit=${ROWS}&from=${from ?? tip}`, { turned: true });
  const next = answer.data?.next;
  const turn = (
    <>
      <Button size="small" disabled={from === null} onClick={() => setFrom(null)}>{t("state.first")}</Button>
      <Button size="small" disabled={next == null} onClick={() => setFrom(Number(next))}>{t("state.more")}</Button>
    </>
  );
  return (
    <Section title={t("network.batches")} side={turn}>
      <PagedRows<Batch>
        of={{ answer, turn }}
        id={(row) => String(row.height)}
        none={t("common.none")}
        columns={[
          { title: t("common.height"), render: (_, row) => <Link href={`/batches/${row.height}`} className="figure">{row.height}</Link> },
          { title: t("common.final"), render: (_, row) => <When at={row.header.time} /> },
          { title: t("network.proposer"), render: (_, row) => <Party id={row.header.proposer} /> },
          { title: t("network.round"), align: "right", dataIndex: "round" },
          { title: t("network.log"), align: "right", render: (_, row) => <span className="figure">{count(row.header.log_size)}</span> },
          { title: t("network.refused"), align: "right", render: (_, row) => row.header.refusals_size },
          {
            title: t("network.notSigned"),
            render: (_, row) =>
              row.not_signed_by.length === 0 ? (
                <Mark tone="good">{t("network.all")}</Mark>
              ) : (
                row.not_signed_by.map((id) => <div key={id}><Party id={id} /></div>)
              ),
          },
        ]}
      />
    </Section>
  );
}

