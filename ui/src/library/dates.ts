import { monthYear } from "@/i18n/format";

/** The words for a day's distance from today. */
export interface DayWords {
  today: string;
  yesterday: string;
  week: string;
}

export interface Group<T> {
  key: string;
  name: string;
  items: T[];
}

function dayOf(moment: Date): number {
  return Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate()) / 86_400_000;
}

/** Today, yesterday, the last seven days, then by month: by the calendar of where the person is. */
function placeOf(moment: Date, now: Date, words: DayWords): { key: string; name: string } {
  const days = dayOf(now) - dayOf(moment);
  if (days <= 0) return { key: "today", name: words.today };
  if (days === 1) return { key: "yesterday", name: words.yesterday };
  if (days <= 7) return { key: "week", name: words.week };
  const name = monthYear(moment);
  return { key: `${moment.getFullYear()}-${moment.getMonth() + 1}`, name: name.charAt(0).toLocaleUpperCase() + name.slice(1) };
}

/** Cuts a list that is in order into groups of days; each group once, in the list's order. */
export function byDate<T>(items: readonly T[], momentOf: (item: T) => string, words: DayWords, now: Date = new Date()): Group<T>[] {
  const groups = new Map<string, Group<T>>();
  for (const item of items) {
    const { key, name } = placeOf(new Date(momentOf(item)), now, words);
    const group = groups.get(key) ?? { key, name, items: [] };
    group.items.push(item);
    groups.set(key, group);
  }
  return [...groups.values()];
}
