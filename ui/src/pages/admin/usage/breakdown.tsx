import { Download } from "lucide-react";
import { type ReactNode, useState } from "react";
import { toast } from "@/app/toast";
import { useAdminWords } from "@/i18n/admin";
import { compact, date, money, number } from "@/i18n/format";
import { useExplain } from "@/pages/admin/explain";
import { downloadCsv, type Group, type Range, type UsageRow, useNames, useUsage } from "@/pages/admin/usage/data";
import { Button, ErrorState, Section, SkeletonList } from "@/ui";
import { dayAt, UsageChart, type UsageMeasure } from "@/ui/chart";
import { type Column, DataTable } from "@/ui/table";

const MOST_BARS = 10;

interface BreakdownProps {
  by: Group;
  range: Range;
  measure: UsageMeasure;
  choice?: ReactNode;
}

/** A chart of the usage told apart by something, with its numbers beside it. */
export function Breakdown({ by, range, measure, choice }: BreakdownProps) {
  const words = useAdminWords().usage;
  const found = useUsage(range, by);
  const rows = found.data?.group_by === by ? found.data.groups : undefined;
  const name = useNames(by, rows ?? []);
  const shown = (row: UsageRow): string => (by === "day" && row.group !== null ? date(dayAt(row.group)) : name(row.group));
  const columns = useColumns(by, shown);
  const title = words.by[by];
  const actions = (
    <div className="flex flex-wrap items-center gap-2">
      {choice}
      <Csv by={by} range={range} />
    </div>
  );
  return (
    <Section title={title} actions={actions}>
      {rows === undefined ? (
        found.error ? (
          <ErrorState error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <SkeletonList rows={3} className="h-16" />
        )
      ) : (
        <div className="grid gap-x-10 gap-y-6 lg:grid-cols-2">
          <UsageChart
            by={by === "day" ? "day" : "name"}
            groups={by === "day" ? rows : sorted(rows, measure).slice(0, MOST_BARS)}
            measure={measure}
            label={words.chart(title, words.measures[measure])}
            from={range.from}
            to={range.to}
            name={name}
            table="none"
            {...(by === "day" && { height: 300 })}
          />
          <div className="min-w-0">
            <DataTable
              label={words.table(title)}
              columns={columns}
              rows={by === "day" ? rows.toReversed() : rows}
              rowKey={(row) => row.group ?? ""}
              rowName={shown}
              empty={null}
              cardsBelow={0}
              boxed
            />
            {found.data !== undefined && found.data.further_groups > 0 && <p className="mt-2 text-sm text-muted">{words.further(number(found.data.further_groups))}</p>}
          </div>
        </div>
      )}
    </Section>
  );
}

const tokens = (row: UsageRow): number => row.prompt_tokens + row.completion_tokens;
const cost = (row: UsageRow): number => Number(row.cost_usd ?? 0);
const READ: Record<UsageMeasure, (row: UsageRow) => number> = { calls: (row) => row.calls, tokens, cost };

function sorted(rows: readonly UsageRow[], measure: UsageMeasure): UsageRow[] {
  return rows.toSorted((first, second) => READ[measure](second) - READ[measure](first));
}

function useColumns(by: Group, shown: (row: UsageRow) => string): Column<UsageRow>[] {
  const words = useAdminWords().usage;
  return [
    { key: "group", header: words.columns[by], title: true, sort: (row) => (by === "day" ? (row.group ?? "") : shown(row)), cell: (row) => shown(row) },
    { key: "calls", header: words.columns.calls, end: true, sort: (row) => row.calls, cell: (row) => <Calls row={row} /> },
    { key: "tokens", header: words.columns.tokens, end: true, from: 420, sort: tokens, cell: (row) => <span title={number(tokens(row))}>{compact(tokens(row))}</span> },
    { key: "cost", header: words.columns.cost, end: true, sort: cost, cell: (row) => <Cost row={row} /> },
  ];
}

function Calls({ row }: { row: UsageRow }) {
  const words = useAdminWords().usage;
  return (
    <>
      {number(row.calls)}
      {row.failed_calls > 0 && <span className="block text-xs text-muted">{words.failedCalls(number(row.failed_calls))}</span>}
    </>
  );
}

function Cost({ row }: { row: UsageRow }) {
  const words = useAdminWords().usage;
  if (row.cost_usd === null) return <span className="text-muted">{words.unknown}</span>;
  return (
    <>
      <span className="whitespace-nowrap">{money(Number(row.cost_usd))}</span>
      {row.unpriced_calls > 0 && <span className="block text-xs text-muted">{words.unpricedCalls(number(row.unpriced_calls))}</span>}
    </>
  );
}

function Csv({ by, range }: { by: Group; range: Range }) {
  const words = useAdminWords().usage;
  const why = useExplain();
  const [busy, setBusy] = useState(false);

  async function run(): Promise<void> {
    setBusy(true);
    try {
      await downloadCsv(range, by);
    } catch (error) {
      toast({ kind: "error", text: words.notDownloaded(why(error)) });
    } finally {
      setBusy(false);
    }
  }

  return (
    <Button busy={busy} icon={<Download size={16} aria-hidden />} aria-label={words.csvOf(words.by[by])} onClick={() => void run()}>
      {words.csv}
    </Button>
  );
}
