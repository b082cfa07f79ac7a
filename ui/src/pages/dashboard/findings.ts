import type { Schemas } from "@/api";

export type System = Schemas["SystemState"];
type Provider = Pick<Schemas["Provider"], "name" | "kind" | "title" | "state" | "enabled">;

/** Something that an administrator should look at, and where. */
export interface Finding {
  what: "degraded" | "noProvider" | "providerTrouble" | "circuits" | "noBackup" | "oldBackup" | "diskLow" | "jobsFailing";
  section: "overview" | "providers" | "health";
  grave: boolean;
  /** What it is about, such as names. */
  detail?: string;
}

const DAY = 86_400_000;

/** What wants attention, the gravest first. */
export function findings(system: System, providers: readonly Provider[], now: number = Date.now()): Finding[] {
  const found: Finding[] = [];
  const add = (when: boolean, finding: Finding): void => {
    if (when) found.push(finding);
  };
  const sick = providers.filter((each) => each.enabled && ["key_unreadable", "address_refused", "unfit"].includes(each.state));
  const left = system.providers.filter((each) => each.open.length > 0);
  const { disk_bytes: disk, disk_free_bytes: free } = system.machine;
  const backup = system.backup;
  const allowed = Math.max(2 * DAY, 2 * 1000 * (backup.every_seconds ?? 0));
  const old = backup.scheduled && backup.last_success !== null && now - Date.parse(backup.last_success) > allowed;
  add(system.status === "degraded" || !system.database.ok || !system.limiter_ok, { what: "degraded", section: "health", grave: true });
  add(disk !== null && free !== null && free < 0.1 * disk, { what: "diskLow", section: "health", grave: true });
  add(!providers.some((each) => each.state === "ready" && each.kind !== "mock"), { what: "noProvider", section: "providers", grave: false });
  add(sick.length > 0, { what: "providerTrouble", section: "providers", grave: true, detail: sick.map((each) => each.title).join(", ") });
  add(left.length > 0, { what: "circuits", section: "providers", grave: false, detail: left.map((each) => each.name).join(", ") });
  add(!backup.scheduled && system.environment === "production", { what: "noBackup", section: "health", grave: false });
  add(old, { what: "oldBackup", section: "health", grave: true });
  add(
    system.jobs.totals.some((each) => each.failed_at !== null && (each.done_at === null || each.failed_at > each.done_at)),
    { what: "jobsFailing", section: "health", grave: false },
  );
  return found;
}
