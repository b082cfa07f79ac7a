import type { Schemas } from "@/api";
import { useWords } from "@/i18n/pages";
import { money, number } from "@/i18n/format";
import { Skeleton } from "@/ui";

/** Calls, tokens and cost of a range, large. */
export function UsageTotals({ total }: { total: Schemas["Sums"] | undefined }) {
  const words = useWords().account.usage;
  const tiles: [string, string, string | null][] =
    total === undefined
      ? []
      : [
          [words.measures.calls, number(total.calls), total.failed_calls > 0 ? words.failed(number(total.failed_calls)) : null],
          [words.sent, number(total.prompt_tokens), total.cached_tokens > 0 ? words.cached(number(total.cached_tokens)) : null],
          [words.received, number(total.completion_tokens), total.reasoning_tokens > 0 ? words.reasoning(number(total.reasoning_tokens)) : null],
          [words.measures.cost, total.cost_usd === null ? "–" : money(Number(total.cost_usd)), total.unpriced_calls > 0 ? words.unpriced(number(total.unpriced_calls)) : null],
        ];
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      {total === undefined && Array.from({ length: 4 }, (_, index) => <Skeleton key={index} className="h-22 w-full rounded-xl" />)}
      {tiles.map(([name, value, note]) => (
        <div key={name} className="rounded-xl border border-line bg-surface px-4 py-3">
          <dt className="text-sm text-muted">{name}</dt>
          <dd className="mt-0.5 text-xl font-semibold tabular-nums">{value}</dd>
          {note !== null && <dd className="text-xs text-muted">{note}</dd>}
        </div>
      ))}
    </dl>
  );
}
