// The drawing library and what we use of it: loaded with the first chart that is shown, never before.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { type EChartsType, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { ChartData } from "@/ui/chart-data";

use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

/** The page's colours as they are now; a chart can't follow custom properties by itself. */
function colours(): { ink: string; muted: string; line: string; raised: string; series: string[] } {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  const dark = document.documentElement.dataset["theme"] === "dark";
  // Told apart by people who see few colours too; the patterns over them do the rest.
  const others = dark ? ["#f0b862", "#9db4ff", "#ff9a90", "#c9a0e8", "#a8a299"] : ["#b3660a", "#3f5bb5", "#b3261e", "#7a4497", "#655f57"];
  return { ink: of("--ink"), muted: of("--muted"), line: of("--line"), raised: of("--raised"), series: [of("--accent"), ...others] };
}

/** What the library is told to draw. */
export function drawing(data: ChartData, still: boolean): Record<string, unknown> {
  const page = colours();
  // The library measures words by itself, so it has to know the very font.
  const text = { color: page.muted, fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12 };
  const names = {
    type: "category",
    data: data.categories,
    inverse: data.horizontal === true,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: page.line } },
    axisLabel: { ...text, hideOverlap: true, ...(data.horizontal === true && { width: 140, overflow: "truncate" }) },
  };
  const values = {
    type: "value",
    minInterval: data.whole === true ? 1 : 0,
    splitNumber: 3,
    splitLine: { lineStyle: { color: page.line } },
    axisLabel: { ...text, formatter: data.short ?? data.format, hideOverlap: true },
  };
  return {
    animation: !still,
    animationDuration: 250,
    color: page.series,
    aria: { enabled: true, label: { description: data.label }, decal: { show: data.series.length > 1 } },
    grid: { left: 4, right: 12, top: data.series.length > 1 ? 36 : 12, bottom: 4, containLabel: true },
    legend: { show: data.series.length > 1, left: 0, top: 0, icon: "roundRect", itemWidth: 14, itemHeight: 10, textStyle: { ...text, color: page.ink } },
    tooltip: {
      trigger: "axis",
      renderMode: "richText", // the other kind writes HTML, which the page's policy forbids
      confine: true,
      backgroundColor: page.raised,
      borderColor: page.line,
      textStyle: { ...text, color: page.ink },
      valueFormatter: (value: unknown) => (typeof value === "number" ? data.format(value) : "–"),
      axisPointer: { type: data.kind === "line" ? "line" : "shadow", lineStyle: { color: page.muted }, shadowStyle: { color: page.muted, opacity: 0.08 } },
    },
    xAxis: data.horizontal === true ? values : names,
    yAxis: data.horizontal === true ? names : values,
    series: data.series.map((one) => ({
      name: one.name,
      data: one.values,
      type: data.kind ?? "bar",
      ...(data.stacked === true && { stack: "all" }),
      ...(data.kind === "line"
        ? { showSymbol: data.categories.length < 3, symbolSize: 6, lineStyle: { width: 2 }, areaStyle: { opacity: 0.08 } }
        : { barMaxWidth: 28, itemStyle: { borderRadius: data.stacked === true ? 0 : data.horizontal === true ? [0, 3, 3, 0] : [3, 3, 0, 0] } }),
    })),
  };
}

/** Draws into an element. What is given back draws it anew, fits it to its element, and takes it away. */
export function draw(element: HTMLElement): { show: (data: ChartData, still: boolean) => void; fit: () => void; end: () => void } {
  const chart: EChartsType = init(element, null, { renderer: "svg" });
  return {
    show: (data, still) => chart.setOption(drawing(data, still), { notMerge: true }),
    fit: () => chart.resize(),
    end: () => chart.dispose(),
  };
}
