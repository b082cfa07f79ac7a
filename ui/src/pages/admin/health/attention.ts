import type { Provider, System } from "@/pages/admin/health/data";

/** Something that an administrator should look at; `detail` names or measures it. */
export interface Concern {
  what: "no_provider" | "provider" | "circuit" | "database" | "limiter" | "no_backup" | "old_backup" | "disk" | "jobs" | "failed_job";
  grave: boolean;
  detail: string | number;
  where: "providers" | "health";
}

const HOUR = 3_600_000;
const LATE = 2; // a backup may take its time; one that was left out altogether is late
const SCARCE = 0.1;
const ENOUGH = 20e9; // a large disk is not full with a tenth of it free
const BROKEN: readonly Provider["state"][] = ["key_unreadable", "address_refused", "unfit"];

/** What wants attention, the gravest first. */
export function concerns(system: System, providers: readonly Provider[], now: number = Date.now()): Concern[] {
  const found = [...ofProviders(providers), ...ofServer(system), ...ofJobs(system, now), ...ofBackups(system, now)];
  return found.toSorted((first, second) => Number(second.grave) - Number(first.grave));
}

function ofProviders(providers: readonly Provider[]): Concern[] {
  const found: Concern[] = [];
  const real = providers.filter((provider) => provider.kind !== "mock");
  if (!real.some((provider) => provider.state === "ready")) found.push({ what: "no_provider", grave: true, detail: "", where: "providers" });
  for (const provider of real) {
    if (provider.enabled && BROKEN.includes(provider.state)) found.push({ what: "provider", grave: true, detail: provider.name, where: "providers" });
    if (provider.open_circuits.length > 0) found.push({ what: "circuit", grave: true, detail: provider.name, where: "providers" });
  }
  return found;
}

function ofServer(system: System): Concern[] {
  const found: Concern[] = [];
  if (!system.database.ok) found.push({ what: "database", grave: true, detail: "", where: "health" });
  if (!system.limiter_ok) found.push({ what: "limiter", grave: true, detail: "", where: "health" });
  const { disk_bytes: disk, disk_free_bytes: free } = system.machine;
  if (disk !== null && free !== null && free < disk * SCARCE && free < ENOUGH) found.push({ what: "disk", grave: true, detail: free, where: "health" });
  return found;
}

function ofJobs(system: System, now: number): Concern[] {
  const found: Concern[] = [];
  const { oldest_at: oldest, waiting, totals } = system.jobs;
  if (oldest !== null && waiting > 0 && now - Date.parse(oldest) > HOUR) found.push({ what: "jobs", grave: false, detail: waiting, where: "health" });
  for (const job of totals) {
    const failed = job.failed_at !== null && (job.done_at === null || Date.parse(job.done_at) < Date.parse(job.failed_at));
    if (failed) found.push({ what: "failed_job", grave: false, detail: job.name, where: "health" });
  }
  return found;
}

function ofBackups(system: System, now: number): Concern[] {
  const { scheduled, every_seconds: every, last_success: last } = system.backup;
  if (!scheduled) return [{ what: "no_backup", grave: false, detail: "", where: "health" }];
  const since = Math.max(last === null ? 0 : Date.parse(last), Date.parse(system.started_at));
  const late = every !== null && now - since > LATE * every * 1000;
  return late ? [{ what: "old_backup", grave: true, detail: "", where: "health" }] : [];
}
