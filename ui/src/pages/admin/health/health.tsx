import { useEffect, useState } from "react";
import { useAdminWords } from "@/i18n/admin";
import { ago, bytes, dateTime, number, percent } from "@/i18n/format";
import { type System, useSystem } from "@/pages/admin/health/data";
import { Jobs } from "@/pages/admin/health/jobs";
import { Part, State } from "@/pages/admin/health/part";
import { Fact, Facts, Head } from "@/pages/admin/parts";
import { Badge, ErrorState, SkeletonList } from "@/ui";

/** How the server is. */
export function HealthPage() {
  const words = useAdminWords().health;
  const found = useSystem();
  const system = found.data;
  return (
    <>
      <Head title={words.title} text={words.text} actions={system !== undefined && <Updated at={found.dataUpdatedAt} />} />
      {system === undefined ? (
        found.error ? (
          <ErrorState error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <SkeletonList rows={4} className="h-32" />
        )
      ) : (
        <>
          <State ok={system.status === "ok"} />
          <div className="grid gap-4 lg:grid-cols-2">
            <Server system={system} />
            <Database system={system} />
            <Machine system={system} />
            <Backups system={system} />
            <Jobs jobs={system.jobs} />
            <Circuits system={system} />
          </div>
        </>
      )}
    </>
  );
}

/** Counts on by itself; not told aloud, or it would be told every few seconds. */
function Updated({ at }: { at: number }) {
  const words = useAdminWords().health;
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 15_000);
    return () => clearInterval(timer);
  }, []);
  return <p className="text-sm text-muted">{words.updated(ago(at))}</p>;
}

function Server({ system }: { system: System }) {
  const words = useAdminWords().health.server;
  const { count, runs, resident_bytes: memory } = system.workers;
  return (
    <Part title={words.title}>
      <Facts>
        <Fact name={words.version}>{system.version}</Fact>
        <Fact name={words.environment}>{words.environments[system.environment]}</Fact>
        <Fact name={words.started}>
          <time dateTime={system.started_at} title={dateTime(system.started_at)}>
            {ago(system.started_at)}
          </time>
        </Fact>
        <Fact name={words.workers}>{words.workersText(number(count), words.runs(runs))}</Fact>
        {memory !== null && <Fact name={words.memory}>{bytes(memory)}</Fact>}
        <Fact name={words.mail}>{system.mail ? words.mailOn : words.mailOff}</Fact>
        <Fact name={words.inForce}>{system.in_force === 0 ? words.noChange : words.change(number(system.in_force))}</Fact>
      </Facts>
    </Part>
  );
}

function Database({ system }: { system: System }) {
  const words = useAdminWords().health.database;
  const { kind, ok, bytes: size, revision } = system.database;
  return (
    <Part title={words.title}>
      <Facts>
        <Fact name={words.kind}>{words.kinds[kind]}</Fact>
        <Fact name={words.state}>
          <Badge tone={ok ? "good" : "danger"}>{ok ? words.ok : words.down}</Badge>
        </Fact>
        <Fact name={words.size}>{size === null ? words.unknown : bytes(size)}</Fact>
        <Fact name={words.revision}>{revision ?? words.unknown}</Fact>
        <Fact name={words.limiter}>
          <Badge tone={system.limiter_ok ? "good" : "danger"}>{system.limiter_ok ? words.limiterOk : words.limiterDown}</Badge>
        </Fact>
      </Facts>
    </Part>
  );
}

function Machine({ system }: { system: System }) {
  const words = useAdminWords().health.machine;
  const { disk_bytes: disk, disk_free_bytes: diskFree, memory_bytes: memory, memory_free_bytes: memoryFree, load, cores } = system.machine;
  return (
    <Part title={words.title}>
      <div className="flex flex-col gap-4">
        <Meter name={words.disk} all={disk} free={diskFree} />
        <Meter name={words.memory} all={memory} free={memoryFree} />
        {load !== null && (
          <Facts>
            <Fact name={words.load}>{words.loadText(number(load, { maximumFractionDigits: 1 }), number(cores ?? 1))}</Fact>
          </Facts>
        )}
      </div>
    </Part>
  );
}

const FULL = 0.9;

function Meter({ name, all, free }: { name: string; all: number | null; free: number | null }) {
  const words = useAdminWords().health.machine;
  if (all === null || free === null || all === 0) return null;
  const used = 1 - free / all;
  return (
    <div className="text-sm">
      <div className="mb-1.5 flex justify-between gap-4">
        <span className="text-muted">{name}</span>
        <span>{words.free(bytes(free), bytes(all))}</span>
      </div>
      <div role="meter" aria-label={name} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(used * 100)} aria-valuetext={words.used(percent(used))} className="h-1.5 overflow-hidden rounded-full bg-hover">
        <div className={`h-full rounded-full ${used > FULL ? "bg-danger" : "bg-accent"}`} style={{ width: `${used * 100}%` }} />
      </div>
    </div>
  );
}

function Backups({ system }: { system: System }) {
  const words = useAdminWords().health.backup;
  const { scheduled, every_seconds: every, keep, last_success: last } = system.backup;
  return (
    <Part title={words.title}>
      {!scheduled && <p className="text-sm text-warning">{words.off}</p>}
      <Facts>
        {scheduled && every !== null && <Fact name={words.every}>{words.everyText(span(every))}</Fact>}
        {scheduled && <Fact name={words.keep}>{number(keep)}</Fact>}
        {(scheduled || last !== null) && <Fact name={words.last}>{last === null ? words.never : <time title={dateTime(last)}>{ago(last)}</time>}</Fact>}
      </Facts>
    </Part>
  );
}

/** "12 horas", "1 day" */
function span(seconds: number): string {
  const [value, unit] = seconds % 86_400 === 0 ? [seconds / 86_400, "day"] : seconds % 3600 === 0 ? [seconds / 3600, "hour"] : [Math.round(seconds / 60), "minute"];
  return number(value, { style: "unit", unit, unitDisplay: "long" });
}

function Circuits({ system }: { system: System }) {
  const words = useAdminWords().health.providers;
  return (
    <Part title={words.title}>
      {system.providers.length === 0 && <p className="text-sm text-muted">{words.none}</p>}
      <ul aria-label={words.list} className="flex flex-col gap-2 text-sm">
        {system.providers.map((provider) => (
          <li key={provider.name} className="flex flex-wrap items-baseline justify-between gap-x-4">
            <span>
              {provider.name} <span className="text-muted">{words.models(provider.models)}</span>
            </span>
            {provider.open.length === 0 ? <span className="text-good">{words.closed}</span> : <span className="text-warning">{words.open(provider.open.join(", "))}</span>}
          </li>
        ))}
      </ul>
    </Part>
  );
}
