import { beforeAll, describe, expect, it } from "vitest";
import { loadLanguage, words } from "@/i18n";
import { byDate } from "@/library/dates";

const NOW = new Date(2026, 10, 22, 9, 30);
const at = (...parts: [number, number, number, number?]) => new Date(...parts).toISOString();

function groups(moments: string[]): [string, number][] {
  return byDate(moments, (moment) => moment, words().library.list, NOW).map((group) => [group.name, group.items.length]);
}

describe("a list by date", () => {
  beforeAll(() => loadLanguage("pt-BR"));

  it("goes by the calendar, not by hours", () => {
    expect(groups([at(2026, 10, 22, 0), at(2026, 10, 21, 23), at(2026, 10, 20, 9)])).toEqual([
      ["Hoje", 1],
      ["Ontem", 1],
      ["Últimos 7 dias", 1],
    ]);
  });

  it("goes by month beyond a week, years apart", () => {
    expect(groups([at(2026, 10, 15), at(2026, 10, 14), at(2026, 9, 30), at(2025, 9, 1)])).toEqual([
      ["Últimos 7 dias", 1],
      ["Novembro de 2026", 1],
      ["Outubro de 2026", 1],
      ["Outubro de 2025", 1],
    ]);
  });

  it("takes what lies in the future, by a clock that is wrong, for today", () => {
    expect(groups([at(2026, 10, 23)])).toEqual([["Hoje", 1]]);
  });

  it("speaks English too", async () => {
    await loadLanguage("en");
    expect(groups([at(2026, 10, 21), at(2026, 8, 1)])).toEqual([
      ["Yesterday", 1],
      ["September 2026", 1],
    ]);
  });
});
