import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronRight, CircleAlert, CircleCheck, Info } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useAdminWords } from "@/i18n/admin";
import { ago, bytes, number } from "@/i18n/format";
import { type Concern, concerns } from "@/pages/admin/health/attention";
import { type System, useSystem } from "@/pages/admin/health/data";
import { State } from "@/pages/admin/health/part";
import { Fact, Facts, Head } from "@/pages/admin/parts";
import { listPeople, PEOPLE } from "@/pages/admin/people/data";
import { listProviders, PROVIDERS } from "@/pages/admin/providers/data";
import { ChangeList } from "@/pages/admin/settings/change-log";
import { CHANGES, listChanges } from "@/pages/admin/settings/data";
import { useUsage } from "@/pages/admin/usage/data";
import { lastDays } from "@/pages/admin/usage/period";
import { Figure, Totals } from "@/pages/admin/usage/totals";
import { Card, ErrorState, Section, Skeleton, SkeletonList } from "@/ui";
import { UsageChart } from "@/ui/chart";

/** How it goes, at a glance. */
export function OverviewPage() {
  const words = useAdminWords().overview;
  const usage = useAdminWords().usage;
  const [range] = useState(() => lastDays(30));
  const days = useUsage(range, "day");
  return (
    <>
      <Head title={words.title} text={words.text} />
      <Attention />
      {days.data === undefined ? (
        days.error ? (
          <ErrorState error={days.error} onRetry={() => void days.refetch()} />
        ) : (
          <SkeletonList rows={2} className="h-28" />
        )
      ) : (
        <>
          <Totals sums={days.data.total} range={range} />
          {days.data.total.calls > 0 && (
            <Section title={words.activity} actions={<See section="usage">{words.see.usage}</See>}>
              <UsageChart by="day" groups={days.data.groups} measure="calls" label={usage.chart(usage.by.day, usage.measures.calls)} from={range.from} to={range.to} height={200} />
            </Section>
          )}
        </>
      )}
      <div className="grid gap-x-6 gap-y-2 lg:grid-cols-2">
        <Health />
        <People />
      </div>
      <Changes />
    </>
  );
}

function See({ section, children }: { section: string; children: ReactNode }) {
  return (
    <Link to="/admin/$section" params={{ section }} className="-my-1 inline-flex min-h-8 items-center gap-1 rounded-md text-sm text-muted hover:text-ink">
      {children}
      <ChevronRight size={16} aria-hidden />
    </Link>
  );
}

function Attention() {
  const words = useAdminWords().overview;
  const system = useSystem();
  const providers = useQuery({ queryKey: PROVIDERS, queryFn: listProviders });
  if (system.data === undefined || providers.data === undefined) {
    const failed = system.error ?? providers.error;
    return failed ? (
      <ErrorState
        error={failed}
        onRetry={() => {
          void system.refetch();
          void providers.refetch();
        }}
      />
    ) : (
      <Skeleton className="mb-8 h-14 w-full rounded-xl" />
    );
  }
  const found = concerns(system.data, providers.data.data);
  if (found.length === 0)
    return (
      <p className="mb-8 flex items-center gap-2 text-sm text-muted">
        <CircleCheck size={18} aria-hidden className="text-good" />
        {words.calm}
      </p>
    );
  return (
    <section aria-label={words.attention} className="mb-8">
      <ul className="divide-y divide-line rounded-xl border border-line bg-surface">
        {found.map((concern) => (
          <One key={`${concern.what} ${concern.detail}`} concern={concern} />
        ))}
      </ul>
    </section>
  );
}

function One({ concern }: { concern: Concern }) {
  const words = useAdminWords().overview;
  return (
    <li>
      <Link to="/admin/$section" params={{ section: concern.where }} className="flex min-h-12 items-center gap-3 px-4 py-2.5 text-sm hover:bg-hover/60 sm:px-5">
        {concern.grave ? <CircleAlert size={18} aria-hidden className="shrink-0 text-danger" /> : <Info size={18} aria-hidden className="shrink-0 text-warning" />}
        <span className="min-w-0 flex-1">{useSaid(concern)}</span>
        <span className="flex shrink-0 items-center gap-1 text-muted">
          <span className="max-sm:sr-only">{words.see[concern.where]}</span>
          <ChevronRight size={16} aria-hidden />
        </span>
      </Link>
    </li>
  );
}

function useSaid({ what, detail }: Concern): string {
  const words = useAdminWords();
  const things = words.overview.things;
  switch (what) {
    case "provider":
    case "circuit":
      return things[what](String(detail));
    case "failed_job":
      return things.failed_job(words.health.jobs.names[String(detail)] ?? String(detail));
    case "disk":
      return things.disk(bytes(Number(detail)));
    case "jobs":
      return things.jobs(number(Number(detail)));
    default:
      return things[what];
  }
}

function Health() {
  const words = useAdminWords().overview;
  const { data: system } = useSystem();
  return (
    <Section title={words.health} actions={<See section="health">{words.see.health}</See>}>
      <Card>{system === undefined ? <SkeletonList rows={3} className="h-6" /> : <HealthFacts system={system} />}</Card>
    </Section>
  );
}

function HealthFacts({ system }: { system: System }) {
  const all = useAdminWords();
  const words = all.overview;
  const free = system.machine.disk_free_bytes;
  return (
    <>
      <State ok={system.status === "ok"} />
      <Facts>
        <Fact name={words.version(system.version)}>{words.uptime(ago(system.started_at))}</Fact>
        <Fact name={words.backup}>{system.backup.last_success === null ? all.health.backup.never : ago(system.backup.last_success)}</Fact>
        <Fact name={words.waiting}>{number(system.jobs.waiting)}</Fact>
        {free !== null && <Fact name={words.disk}>{bytes(free)}</Fact>}
      </Facts>
    </>
  );
}

const MOST = 100;

function People() {
  const words = useAdminWords().overview;
  const found = useQuery({ queryKey: [...PEOPLE, "first"], queryFn: () => listPeople({ search: "", role: "", status: "" }, undefined, MOST) });
  const people = found.data?.data;
  const more = found.data !== undefined && found.data.next_cursor !== null;
  return (
    <Section title={words.people} actions={<See section="people">{words.see.people}</See>}>
      {people === undefined ? (
        found.error ? (
          <ErrorState error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <Skeleton className="h-28 w-full rounded-xl" />
        )
      ) : (
        <dl>
          <Figure name={words.accounts} value={`${number(people.length)}${more ? "+" : ""}`}>
            {words.peopleText(people.filter((user) => user.role === "admin").length, people.filter((user) => user.status === "suspended").length)}
          </Figure>
        </dl>
      )}
    </Section>
  );
}

function Changes() {
  const words = useAdminWords().overview;
  const found = useQuery({ queryKey: [...CHANGES, "latest"], queryFn: () => listChanges("all", undefined, 5) });
  const changes = found.data?.data;
  return (
    <Section title={words.changes} actions={<See section="settings">{words.see.settings}</See>}>
      {changes === undefined && (found.error ? <ErrorState error={found.error} onRetry={() => void found.refetch()} /> : <SkeletonList rows={2} />)}
      {changes?.length === 0 && <p className="text-sm text-muted">{words.noChanges}</p>}
      {changes !== undefined && changes.length > 0 && <ChangeList changes={changes} />}
    </Section>
  );
}
