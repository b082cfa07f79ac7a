import { describe, expect, it } from "vitest";
import { findings, type System } from "@/pages/dashboard/findings";
import { partOfDay } from "@/pages/dashboard/greeting";

const NOW = Date.parse("2026-11-22T12:00:00Z");

const WELL: System = {
  status: "ok",
  version: "0.1.0",
  environment: "production",
  started_at: "2026-11-22T10:00:00Z",
  uptime_seconds: 7200,
  database: { kind: "sqlite", ok: true, bytes: 1, revision: null },
  limiter_ok: true,
  workers: { count: 1, number: 0, runs: 0, followers: 0, resident_bytes: null, cpu_seconds: null },
  jobs: { waiting: 0, running: 0, oldest_at: null, paused_until: null, totals: [] },
  backup: { scheduled: true, every_seconds: 86_400, keep: 7, last_success: "2026-11-22T03:00:00Z" },
  machine: { cores: 2, load: 1, memory_bytes: 1, memory_free_bytes: 1, disk_bytes: 100, disk_free_bytes: 50 },
  providers: [],
  mail: true,
  in_force: 0,
};
const READY = { name: "openai", kind: "openai", title: "OpenAI", state: "ready", enabled: true } as const;
const what = (system: System, providers: Parameters<typeof findings>[1] = [READY]) => findings(system, providers, NOW).map((each) => each.what);

describe("what wants an administrator's attention", () => {
  it("is nothing where all is well", () => {
    expect(what(WELL)).toEqual([]);
  });

  it("is a provider that is missing, though the mock answers", () => {
    expect(what(WELL, [{ ...READY, name: "mock", kind: "mock" }])).toEqual(["noProvider"]);
    expect(what(WELL, [READY, { ...READY, name: "lab", title: "Lab", state: "key_unreadable" }])).toEqual(["providerTrouble"]);
  });

  it("is a server that isn't well, a full disk, an old backup, work that fails", () => {
    expect(what({ ...WELL, status: "degraded" })).toEqual(["degraded"]);
    expect(what({ ...WELL, machine: { ...WELL.machine, disk_free_bytes: 5 } })).toEqual(["diskLow"]);
    expect(what({ ...WELL, backup: { ...WELL.backup, last_success: "2026-11-18T03:00:00Z" } })).toEqual(["oldBackup"]);
    expect(what({ ...WELL, backup: { ...WELL.backup, scheduled: false } })).toEqual(["noBackup"]);
    const failing = { name: "trash", done: 1, failed: 1, done_at: "2026-11-21T00:00:00Z", failed_at: "2026-11-22T00:00:00Z", error: "x" };
    expect(what({ ...WELL, jobs: { ...WELL.jobs, totals: [failing] } })).toEqual(["jobsFailing"]);
    expect(what({ ...WELL, jobs: { ...WELL.jobs, totals: [{ ...failing, done_at: "2026-11-22T01:00:00Z" }] } })).toEqual([]);
  });
});

it("greets by the hour", () => {
  const at = (hour: number) => partOfDay(new Date(2026, 10, 22, hour));
  expect([at(4), at(5), at(11), at(12), at(17), at(18), at(23)]).toEqual(["evening", "morning", "morning", "afternoon", "afternoon", "evening", "evening"]);
});
