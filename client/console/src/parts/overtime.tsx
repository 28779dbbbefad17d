// A guarantor's exposure at a good many heights of the past, as the ledger had it at each.

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { getJson, Refused, segment } from "../api/http";
import type { Exposure, History } from "../api/types";
import { palette } from "../app/theme";
import { useTexts } from "../texts/use";
import { Shown } from "./answer";
import { axes, Chart, millions, moneyAxis, type Option } from "./chart";
import { clock, day, moment, money } from "./format";
import { Rows } from "./rows";
import { sample } from "./sample";

/** Heights at which the past is asked for. */
const SAMPLES_MAX = 24;

async function past(of: Exposure, signal: AbortSignal): Promise<Exposure[]> {
  const histories = await Promise.all(
    of.lines.map((line) =>
      getJson<History>(`/v1/subjects/guarantee/${segment(`line:${line.filing_no}`)}/history?limit=500`, signal),
    ),
  );
  const heights = histories.flatMap(({ history }) => history.map((h) => h.height));
  const found = await Promise.all(
    sample(heights, SAMPLES_MAX).map((height) =>
      getJson<Exposure>(`/v1/exposure/${segment(of.guarantor)}?at=${height}`, signal).catch((cause: unknown) => {
        // A height that the node keeps no more is no fault of the others.
        if (cause instanceof Refused && (cause.status === 410 || cause.status === 404)) return undefined;
        throw cause;
      }),
    ),
  );
  return [...found.filter((exposure) => exposure !== undefined), of].sort((a, b) => a.height - b.height);
}

/** The curve, and the same as a table. */
export function ExposureOverTime({ of }: { of: Exposure }) {
  const { t } = useTexts();
  const answer = useQuery<Exposure[], Refused>({
    queryKey: ["fixed", "exposure", of.guarantor, of.live.open_fen, of.limit_fen],
    queryFn: ({ signal }) => past(of, signal),
    staleTime: Infinity,
  });
  return (
    <Shown of={answer}>
      {(all) => (
        <>
          <Curve all={all} />
          <details>
            <summary>{t("guarantor.tableOf")}</summary>
            <Rows
              rows={all.map((e, at) => ({ ...e, at, time: e.at }))}
              id={(row) => String(row.at)}
              none={t("common.none")}
              columns={[
                { title: t("common.height"), render: (_, row) => row.height },
                { title: t("common.since"), render: (_, row) => <span className="figure">{moment(row.time)}</span> },
                { title: t("guarantor.exposure"), align: "right", render: (_, row) => <span className="figure">{money(row.live.open_fen)}</span> },
              ]}
            />
          </details>
        </>
      )}
    </Shown>
  );
}

/** A tick of the time axis in Shanghai's time, as fine as the curve is long. */
function tick(all: Exposure[]): (at: number) => string {
  const long = (all.at(-1)?.at ?? 0) - (all[0]?.at ?? 0);
  if (long > 3 * 86_400_000) return (at) => day(at).slice(5);
  return (at) => clock(at).slice(0, long > 3_600_000 ? 5 : 8);
}

function Curve({ all }: { all: Exposure[] }) {
  const { t } = useTexts();
  const option = useMemo<Option>(() => {
    const points = (value: (e: Exposure) => number) => all.map((e) => [e.at, millions(value(e))]);
    return {
      grid: { left: 48, right: 16, top: 26, bottom: 24 },
      tooltip: {
        trigger: "axis",
        confine: true,
        formatter: (items) => {
          const list = Array.isArray(items) ? items : [items];
          const at = (list[0]?.value as number[] | undefined)?.[0] ?? 0;
          const rows = list.map((item) => `${item.seriesName ?? ""}: ${(item.value as number[])[1]?.toFixed(2) ?? ""}`);
          return [moment(at), ...rows].join("<br>");
        },
      },
      xAxis: { type: "time", axisLine: axes.line, axisLabel: { ...axes.label, hideOverlap: true, formatter: tick(all) }, splitNumber: 4 },
      yAxis: moneyAxis(t("guarantor.millions")),
      series: [
        { name: t("guarantor.exposure"), type: "line", step: "end", showSymbol: false, data: points((e) => e.live.open_fen), lineStyle: { color: palette.main, width: 2 }, areaStyle: { color: palette.main, opacity: 0.12 }, itemStyle: { color: palette.main } },
        { name: t("guarantor.limit"), type: "line", step: "end", showSymbol: false, data: points((e) => e.limit_fen), lineStyle: { color: palette.bad, width: 1.5, type: "dashed" }, itemStyle: { color: palette.bad } },
      ],
    };
  }, [all, t]);
  return <Chart option={option} label={t("guarantor.overTime")} />;
}
