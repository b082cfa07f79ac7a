import { Link } from "@tanstack/react-router";
import { useWords } from "@/i18n/pages";
import { compact, money, number } from "@/i18n/format";
import { useOwnUsage } from "@/pages/account/own-usage";
import { Card, ErrorState, Skeleton } from "@/ui";
import { UsageChart, utcDay } from "@/ui/chart";

const DAYS = 14;

/** What one used lately, small. */
export function UsageCard() {
  const words = useWords().dashboard.usage;
  const range = { from: utcDay(DAYS - 1), to: utcDay() };
  const { data, error, refetch } = useOwnUsage(range, "day");
  return (
    <Card className="flex min-w-0 flex-col lg:col-span-3">
      <header className="mb-4 flex flex-wrap items-baseline justify-between gap-2">
        <h2 className="text-base font-semibold">{words.title}</h2>
        <Link to="/profile/$section" params={{ section: "usage" }} className="text-sm font-medium text-accent underline-offset-4 hover:underline">
          {words.more}
        </Link>
      </header>
      {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Skeleton className="h-45 w-full" />}
      {data !== undefined && data.total.calls === 0 && <p className="py-6 text-sm text-muted">{words.empty(DAYS)}</p>}
      {data !== undefined && data.total.calls > 0 && (
        <>
          <p className="mb-3 text-sm text-muted">
            {words.sum(number(data.total.calls), compact(data.total.prompt_tokens + data.total.completion_tokens), DAYS)}
            {data.total.cost_usd !== null && ` · ${money(Number(data.total.cost_usd))}`}
          </p>
          <UsageChart by="day" groups={data.groups} measure="calls" label={words.chart(DAYS)} {...range} height={150} />
        </>
      )}
    </Card>
  );
}
