import { expect, test } from "vitest";
import { concerns } from "@/pages/admin/health/attention";
import type { Provider, System } from "@/pages/admin/health/data";

const NOW = Date.parse("2026-11-22T12:00:00Z");

function system(changes: Partial<System> = {}): System {
  return {
    status: "ok",
    version: "1",
    environment: "production",
    started_at: "2026-11-01T00:00:00Z",
    uptime_seconds: 1,
    database: { kind: "sqlite", ok: true, bytes: 1, revision: "r" },
    limiter_ok: true,
    workers: { count: 1, number: 0, runs: 0, followers: 0, resident_bytes: 1, cpu_seconds: 1 },
    jobs: { waiting: 0, running: 0, oldest_at: null, paused_until: null, totals: [] },
    backup: { scheduled: true, every_seconds: 86_400, keep: 7, last_success: "2026-11-22T00:00:00Z" },
    machine: { cores: 2, load: 0, memory_bytes: 1, memory_free_bytes: 1, disk_bytes: 100e9, disk_free_bytes: 50e9 },
    providers: [],
    mail: false,
    in_force: 0,
    ...changes,
  };
}

function provider(changes: Partial<Provider> = {}): Provider {
  const named = { name: "lab", kind: "openai_compatible", title: "", base_url: "", origin: "database", setting: null, state: "ready", enabled: true, position: 0 } as const;
  const key = { key_set: true, key_setting: null, key_hint: null, key_changed_at: null };
  return { ...named, ...key, models: [], known_models: 1, default_model: null, default_embedding_model: null, context_length: null, open_circuits: [], ...changes };
}

const said = (found: System, providers: Provider[]): string[] => concerns(found, providers, NOW).map((each) => each.what);

test("nothing is said where all is well", () => {
  expect(said(system(), [provider()])).toEqual([]);
});

test("the mock alone is no provider", () => {
  expect(said(system(), [provider({ name: "mock", kind: "mock" })])).toEqual(["no_provider"]);
  expect(said(system(), [provider({ state: "disabled", enabled: false })])).toEqual(["no_provider"]);
});

test("a provider that can't be asked or fails is named", () => {
  const found = concerns(system(), [provider(), provider({ name: "alt", state: "key_unreadable" }), provider({ name: "cai", open_circuits: ["m"] })], NOW);
  expect(found.map((each) => [each.what, each.detail])).toEqual([["provider", "alt"], ["circuit", "cai"]]);
});

test("backups are missed when there are none, and when they are late", () => {
  expect(said(system({ backup: { scheduled: false, every_seconds: null, keep: 7, last_success: null } }), [provider()])).toEqual(["no_backup"]);
  const late = { scheduled: true, every_seconds: 3600, keep: 7, last_success: "2026-11-22T09:00:00Z" };
  expect(said(system({ backup: late }), [provider()])).toEqual(["old_backup"]);
  expect(said(system({ backup: { ...late, last_success: null }, started_at: "2026-11-22T11:00:00Z" }), [provider()])).toEqual([]);
});

test("a full disk, waiting jobs and failed ones are told, the gravest first", () => {
  const totals = [{ name: "trash", done: 1, failed: 1, done_at: "2026-11-22T10:00:00Z", failed_at: "2026-11-22T11:00:00Z", error: "x" }];
  const jobs = { waiting: 3, running: 0, oldest_at: "2026-11-22T10:00:00Z", paused_until: null, totals };
  const machine = { cores: 2, load: 0, memory_bytes: 1, memory_free_bytes: 1, disk_bytes: 100e9, disk_free_bytes: 1e9 };
  expect(said(system({ jobs, machine }), [provider()])).toEqual(["disk", "jobs", "failed_job"]);
});
