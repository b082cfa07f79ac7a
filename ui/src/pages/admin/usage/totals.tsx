import type { ReactNode } from "react";
import { useAdminWords } from "@/i18n/admin";
import { compact, money, number } from "@/i18n/format";
import { type Range, type Sums, useActivity, useUsage } from "@/pages/admin/usage/data";
import { Skeleton } from "@/ui";

/** A number that matters, with what it is made of. */
export function Figure({ name, value, children }: { name: string; value: ReactNode; children: ReactNode }) {
  return (
    <div className="min-w-0 rounded-xl border border-line bg-surface px-5 py-4">
      <dt className="text-sm text-muted">{name}</dt>
      <dd className="mt-1">
        <p className="text-2xl font-semibold tracking-tight tabular-nums">{value}</p>
        <p className="mt-0.5 text-sm text-muted">{children}</p>
      </dd>
    </div>
  );
}

/** What a range of days came to. */
export function Totals({ sums, range }: { sums: Sums; range: Range }) {
  const words = useAdminWords().usage.totals;
  return (
    <dl className="mb-10 grid grid-cols-1 gap-3 min-[420px]:grid-cols-2 xl:grid-cols-4">
      <Figure name={words.calls} value={number(sums.calls)}>
        {sums.failed_calls === 0 ? words.noneFailed : words.failed(number(sums.failed_calls))}
      </Figure>
      <Figure name={words.tokens} value={compact(sums.prompt_tokens + sums.completion_tokens)}>
        {words.inOut(compact(sums.prompt_tokens), compact(sums.completion_tokens))}
      </Figure>
      <Figure name={words.cost} value={sums.cost_usd === null ? words.unknown : money(Number(sums.cost_usd))}>
        {sums.unpriced_calls === 0 ? words.allPriced : words.unpriced(number(sums.unpriced_calls))}
      </Figure>
      <People range={range} />
    </dl>
  );
}

export function People({ range }: { range: Range }) {
  const words = useAdminWords().usage.totals;
  const days = useActivity(range).data?.days;
  const told = (of: "conversations" | "messages"): string => {
    const count = days?.reduce((all, day) => all + day[of], 0) ?? 0;
    return words[of](count, number(count));
  };
  const groups = useUsage(range, "person").data;
  const people = groups === undefined ? undefined : groups.groups.filter((row) => row.group?.startsWith("user_")).length + groups.further_groups;
  return (
    <Figure name={words.people} value={people === undefined ? <Skeleton className="h-8 w-12" /> : number(people)}>
      {told("conversations")}, {told("messages")}
    </Figure>
  );
}
