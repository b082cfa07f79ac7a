/** A line of numbers with a name; null where there is none. */
export interface ChartSeries {
  name: string;
  values: readonly (number | null)[];
}

/** What a chart shows. */
export interface ChartData {
  /** What it is a chart of: its name for those who can't see it, and its table's caption. */
  label: string;
  categories: readonly string[];
  series: readonly ChartSeries[];
  kind?: "bar" | "line";
  /** Bars that lie: for names that are long. */
  horizontal?: boolean;
  stacked?: boolean;
  /** Whether they are counts of something whole. */
  whole?: boolean;
  /** A number in words, in the tooltip and the table. */
  format: (value: number) => string;
  /** The same on the axis, where it is narrow. */
  short?: (value: number) => string;
}

/** A day such as "2026-11-21" as a moment of this zone, so that it is shown as that very day. */
export function dayAt(day: string): Date {
  const [year = 1970, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date, 12);
}

/** Today's date as the server counts days: in UTC. `back` days before, if given. */
export function utcDay(back = 0, now: number = Date.now()): string {
  return new Date(now - back * 86_400_000).toISOString().slice(0, 10);
}

/** All days from one to the other, both included. */
export function daysBetween(first: string, last: string): string[] {
  const days: string[] = [];
  const end = Date.parse(`${last}T00:00:00Z`);
  for (let at = Date.parse(`${first}T00:00:00Z`); at <= end && days.length < 4000; at += 86_400_000) days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}
