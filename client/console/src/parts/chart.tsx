// ECharts, with no more of it than is used.

import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, TooltipComponent } from "echarts/components";
import { init, use as register, type ComposeOption } from "echarts/core";
import type { BarSeriesOption, LineSeriesOption } from "echarts/charts";
import type { GridComponentOption, TooltipComponentOption } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";

import { palette } from "../app/theme";

register([BarChart, LineChart, GridComponent, TooltipComponent, AriaComponent, SVGRenderer]);

export type Option = ComposeOption<
  BarSeriesOption | LineSeriesOption | GridComponentOption | TooltipComponentOption
>;

/** What all charts have alike. */
export const axes = {
  line: { lineStyle: { color: palette.line } },
  label: { color: palette.text, fontSize: 11 },
  split: { lineStyle: { color: palette.line } },
};

/** Fen as the axis of a chart says it: millions. */
export function millions(fen: number): number {
  return fen / 100_000_000;
}

/** The axis of sums of money, under its unit. */
export function moneyAxis(unit: string) {
  return { type: "value" as const, name: unit, nameTextStyle: axes.label, axisLabel: axes.label, splitLine: axes.split };
}

/** A chart with a sentence for whoever does not see it. */
export function Chart({ option, label }: { option: Option; label: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!place.current) return;
    const chart = init(place.current, null, { renderer: "svg" });
    chart.setOption({ animation: false, aria: { enabled: true }, ...option });
    const watch = new ResizeObserver(() => chart.resize());
    watch.observe(place.current);
    return () => {
      watch.disconnect();
      chart.dispose();
    };
  }, [option]);
  return <div ref={place} className="chart" role="img" aria-label={label} />;
}
