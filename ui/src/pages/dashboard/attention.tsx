import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronRight, CircleCheck, TriangleAlert } from "lucide-react";
import { api, call } from "@/api";
import { useWords } from "@/i18n/pages";
import { bytes, number, percent } from "@/i18n/format";
import { findings, type Finding, type System } from "@/pages/dashboard/findings";
import { Card, ErrorState, SkeletonList } from "@/ui";

/** For administrators: how the server is, and what wants their attention. */
export function Attention() {
  const words = useWords().dashboard.attention;
  const system = useQuery({ queryKey: ["system"], queryFn: () => call(api.GET("/api/v1/system")), refetchInterval: 60_000 });
  const providers = useQuery({ queryKey: ["providers"], queryFn: () => call(api.GET("/api/v1/providers")) });
  const error = system.error ?? providers.error;
  return (
    <section aria-labelledby="attention">
      <header className="mb-3 flex flex-wrap items-baseline justify-between gap-2">
        <h2 id="attention" className="text-base font-semibold">
          {words.title}
        </h2>
        <Link to="/admin/$section" params={{ section: "overview" }} className="text-sm font-medium text-accent underline-offset-4 hover:underline">
          {words.more}
        </Link>
      </header>
      <Card className="p-0!">
        {error !== null && <ErrorState error={error} onRetry={() => void Promise.all([system.refetch(), providers.refetch()])} />}
        {error === null && (system.data === undefined || providers.data === undefined) && (
          <div className="p-4">
            <SkeletonList rows={2} className="h-8" />
          </div>
        )}
        {system.data !== undefined && providers.data !== undefined && (
          <>
            <Findings found={findings(system.data, providers.data.data)} />
            <Figures system={system.data} />
          </>
        )}
      </Card>
    </section>
  );
}

function Findings({ found }: { found: readonly Finding[] }) {
  const words = useWords().dashboard.attention;
  if (found.length === 0) {
    return (
      <p className="flex items-center gap-2.5 px-4 py-3 text-sm text-good">
        <CircleCheck size={18} aria-hidden />
        {words.fine}
      </p>
    );
  }
  return (
    <ul className="divide-y divide-line">
      {found.map((each) => (
        <li key={each.what}>
          <Link to="/admin/$section" params={{ section: each.section }} className="flex min-h-11 items-center gap-3 px-4 py-2.5 text-sm hover:bg-hover">
            <TriangleAlert size={18} className={`shrink-0 ${each.grave ? "text-danger" : "text-warning"}`} aria-hidden />
            <span className="flex-1">{words.findings[each.what](each.detail ?? "")}</span>
            <ChevronRight size={17} className="text-muted" aria-hidden />
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Figures({ system }: { system: System }) {
  const words = useWords().dashboard.attention;
  const { disk_bytes: disk, disk_free_bytes: free } = system.machine;
  const kind = system.database.kind === "sqlite" ? "SQLite" : "PostgreSQL";
  const tiles: [string, string][] = [
    [words.version, system.version],
    [words.database, [kind, ...(system.database.bytes === null ? [] : [bytes(system.database.bytes)])].join(" · ")],
    [words.runs, number(system.workers.runs)],
    [words.disk, disk === null || free === null ? "–" : percent(free / disk)],
  ];
  return (
    <dl className="grid grid-cols-2 border-t border-line sm:grid-cols-4">
      {tiles.map(([name, value]) => (
        <div key={name} className="px-4 py-3">
          <dt className="text-sm text-muted">{name}</dt>
          <dd className="font-medium tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
