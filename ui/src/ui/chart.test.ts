import { expect, it } from "vitest";
import { dayAt, daysBetween, utcDay } from "@/ui/chart-data";
import { drawing } from "@/ui/chart-engine";

it("tells every day of a range, over the end of a month and a leap day", () => {
  expect(daysBetween("2028-02-27", "2028-03-01")).toEqual(["2028-02-27", "2028-02-28", "2028-02-29", "2028-03-01"]);
  expect(daysBetween("2026-11-22", "2026-11-22")).toEqual(["2026-11-22"]);
  expect(daysBetween("2026-11-23", "2026-11-22")).toEqual([]);
});

it("shows a day as that day, whatever the zone", () => {
  const day = dayAt("2026-11-01");
  expect([day.getFullYear(), day.getMonth(), day.getDate()]).toEqual([2026, 10, 1]);
});

it("counts days back from today in UTC", () => {
  const now = Date.parse("2026-03-01T00:30:00Z");
  expect([utcDay(0, now), utcDay(1, now)]).toEqual(["2026-03-01", "2026-02-28"]);
});

it("writes no HTML, is told to those who can't see it, and stands still where that is wished", () => {
  const made = drawing({ label: "Chamadas", categories: ["a"], series: [{ name: "x", values: [1] }, { name: "y", values: [null] }], format: String }, true);
  expect(made).toMatchObject({ animation: false, tooltip: { renderMode: "richText" }, aria: { enabled: true, label: { description: "Chamadas" }, decal: { show: true } } });
});
