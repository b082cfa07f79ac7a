import { useAdminWords } from "@/i18n/admin";
import { ago, dateTime, number } from "@/i18n/format";
import type { System } from "@/pages/admin/health/data";
import { Part } from "@/pages/admin/health/part";
import { Fact, Facts } from "@/pages/admin/parts";

type Total = System["jobs"]["totals"][number];

/** What is done behind the scenes. */
export function Jobs({ jobs }: { jobs: System["jobs"] }) {
  const words = useAdminWords().health.jobs;
  return (
    <Part title={words.title}>
      <Facts>
        <Fact name={words.waiting}>{number(jobs.waiting)}</Fact>
        <Fact name={words.running}>{number(jobs.running)}</Fact>
        {jobs.oldest_at !== null && <Fact name={words.oldest}>{ago(jobs.oldest_at)}</Fact>}
        {jobs.paused_until !== null && <Fact name={words.paused}>{dateTime(jobs.paused_until)}</Fact>}
      </Facts>
      {jobs.totals.length === 0 ? (
        <p className="mt-3 text-sm text-muted">{words.none}</p>
      ) : (
        <ul aria-label={words.list} className="mt-4 flex flex-col gap-2 border-t border-line pt-3 text-sm">
          {jobs.totals.map((job) => (
            <li key={job.name} className="flex flex-wrap items-baseline justify-between gap-x-4">
              <span>{words.names[job.name] ?? job.name}</span>
              <Last job={job} />
            </li>
          ))}
        </ul>
      )}
    </Part>
  );
}

function Last({ job }: { job: Total }) {
  const words = useAdminWords().health.jobs;
  const failed = job.failed_at !== null && (job.done_at === null || Date.parse(job.done_at) < Date.parse(job.failed_at));
  if (failed && job.failed_at !== null) return <span className="text-warning">{words.lastFailure(ago(job.failed_at), job.error ?? "?")}</span>;
  return <span className="text-muted">{job.done_at === null ? words.never : ago(job.done_at)}</span>;
}
