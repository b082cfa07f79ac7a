import { compact, date, dayMonth, money, number } from "@/i18n/format";
import { useWords } from "@/i18n/pages";
import type { Schemas } from "@/api";
import { BarChart } from "@/ui/chart-bar";
import { dayAt, daysBetween } from "@/ui/chart-data";

/** A group of an answer of GET /api/v1/usage. */
export type UsageGroup = Schemas["GroupOfUsage"];
export type UsageMeasure = "calls" | "tokens" | "cost";

function amount(group: UsageGroup, measure: UsageMeasure): number {
  if (measure === "calls") return group.calls;
  return measure === "cost" ? Number(group.cost_usd ?? 0) : group.prompt_tokens + group.completion_tokens;
}

/** The largest first, by what is shown. */
function sorted(groups: readonly UsageGroup[], measure: UsageMeasure): UsageGroup[] {
  return groups.toSorted((one, other) => amount(other, measure) - amount(one, measure));
}

interface UsageChartProps {
  /** What the groups are: days (all of the range are shown, also those without a call), or anything else by its name. */
  by: "day" | "name";
  groups: readonly UsageGroup[];
  measure: UsageMeasure;
  label: string;
  /** The range, for `by="day"`. */
  from?: string;
  to?: string;
  /** A group's name for people; without it the group itself. */
  name?: (group: string | null) => string;
  height?: number;
  table?: "fold" | "none";
}

/** A chart of usage: calls, tokens (asked and answered on top of each other) or cost, by day or by name. */
export function UsageChart({ by, groups, measure, label, from, to, name, height, table }: UsageChartProps) {
  const words = useWords().dashboard.chart;
  const days = by === "day" && from !== undefined && to !== undefined ? daysBetween(from, to) : null;
  const found = new Map(groups.map((group) => [group.group, group]));
  const rows = days === null ? sorted(groups, measure).map((group) => group.group) : days;
  const at = (read: (group: UsageGroup) => number): number[] => rows.map((row) => (found.has(row) ? read(found.get(row) as UsageGroup) : 0));
  const named = (row: string | null): string => {
    if (by === "day" && row !== null) return rows.length > 366 ? date(dayAt(row)) : dayMonth(dayAt(row));
    return name?.(row) ?? row ?? words.noName;
  };
  const series = {
    calls: () => [{ name: words.calls, values: at((group) => group.calls) }],
    tokens: () => [
      { name: words.asked, values: at((group) => group.prompt_tokens) },
      { name: words.answered, values: at((group) => group.completion_tokens) },
    ],
    cost: () => [{ name: words.cost, values: at((group) => Number(group.cost_usd ?? 0)) }],
  }[measure]();
  return (
    <BarChart
      label={label}
      categories={rows.map(named)}
      series={series}
      stacked={measure === "tokens"}
      horizontal={by === "name"}
      whole={measure !== "cost"}
      format={measure === "cost" ? (value) => money(value) : (value) => number(value)}
      short={measure === "cost" ? (value) => money(value) : compact}
      {...(height !== undefined && { height })}
      {...(table !== undefined && { table })}
    />
  );
}
