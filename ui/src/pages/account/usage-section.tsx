import { ChartNoAxesColumn, Download } from "lucide-react";
import { useState } from "react";
import { isApiError, raw, type Schemas } from "@/api";
import { download } from "@/app/browser";
import { toast } from "@/app/toast";
import { useWords } from "@/i18n/pages";
import { type DayRange as Range, useOwnUsage } from "@/pages/account/own-usage";
import { tell } from "@/pages/account/tell";
import { UsageTable } from "@/pages/account/usage-table";
import { UsageTotals } from "@/pages/account/usage-totals";
import { Button, Card, EmptyState, ErrorState, Field, Section, Select, Skeleton, TextInput } from "@/ui";
import { UsageChart, type UsageMeasure, utcDay } from "@/ui/chart";

const PERIODS = ["7", "30", "90", "365"] as const;
type Usage = Schemas["Usage"];

/** What one used: by day, by model, altogether. */
export function UsageSection() {
  const words = useWords().account.usage;
  const [period, setPeriod] = useState("30");
  const [own, setOwn] = useState<Range>({ from: utcDay(29), to: utcDay() });
  const [measure, setMeasure] = useState<UsageMeasure>("tokens");
  const range = period === "own" ? own : { from: utcDay(Number(period) - 1), to: utcDay() };
  const days = useOwnUsage(range, "day");
  const models = useOwnUsage(range, "model");
  const error = days.error ?? models.error;
  const nothing = days.data?.total.calls === 0;
  return (
    <Section title={words.title} description={words.intro}>
      <div className="mb-5 flex flex-wrap items-end gap-3">
        <Field label={words.period}>
          {(ids) => (
            <Select {...ids} value={period} onChange={(event) => setPeriod(event.target.value)} className="w-auto">
              {PERIODS.map((count) => (
                <option key={count} value={count}>
                  {words.lastDays(Number(count))}
                </option>
              ))}
              <option value="own">{words.ownPeriod}</option>
            </Select>
          )}
        </Field>
        {period === "own" && <OwnRange range={own} onChange={setOwn} />}
        <Field label={words.measure}>
          {(ids) => (
            <Select {...ids} value={measure} onChange={(event) => setMeasure(event.target.value as UsageMeasure)} className="w-auto">
              {(["tokens", "calls", "cost"] as const).map((each) => (
                <option key={each} value={each}>
                  {words.measures[each]}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <span className="flex-1" />
        <CsvButton range={range} />
      </div>
      {error !== null && <ErrorState error={error} onRetry={() => void Promise.all([days.refetch(), models.refetch()])} />}
      {error === null && nothing && (
        <Card>
          <EmptyState icon={<ChartNoAxesColumn aria-hidden />} title={words.emptyTitle}>
            {words.empty}
          </EmptyState>
        </Card>
      )}
      {error === null && !nothing && <Shown range={range} days={days.data} models={models.data} measure={measure} />}
    </Section>
  );
}

function Shown({ range, days, models, measure }: { range: Range; days: Usage | undefined; models: Usage | undefined; measure: UsageMeasure }) {
  const words = useWords().account.usage;
  const named = (group: string | null) => group ?? words.failedCalls;
  return (
    <div className="flex flex-col gap-5">
      <UsageTotals total={days?.total} />
      <Card>
        <h3 className="mb-3 text-sm font-medium">{words.byDay(words.measures[measure])}</h3>
        {days === undefined ? <Skeleton className="h-55 w-full" /> : <UsageChart by="day" groups={days.groups} measure={measure} label={words.byDay(words.measures[measure])} {...range} />}
      </Card>
      <Card>
        <h3 className="mb-3 text-sm font-medium">{words.byModel(words.measures[measure])}</h3>
        {models === undefined ? (
          <Skeleton className="h-32 w-full" />
        ) : (
          <>
            <UsageChart by="name" groups={models.groups.slice(0, 12)} measure={measure} label={words.byModel(words.measures[measure])} name={named} table="none" />
            <UsageTable groups={models.groups} head={words.model} name={named} label={words.byModel(words.measures[measure])} />
          </>
        )}
      </Card>
    </div>
  );
}

function OwnRange({ range, onChange }: { range: Range; onChange: (range: Range) => void }) {
  const words = useWords().account.usage;
  const wrong = range.from > range.to;
  return (
    <>
      <Field label={words.from} error={wrong ? words.wrongRange : undefined}>
        {(ids) => <TextInput {...ids} type="date" value={range.from} max={utcDay()} onChange={(event) => onChange({ ...range, from: event.target.value })} />}
      </Field>
      <Field label={words.to}>{(ids) => <TextInput {...ids} type="date" value={range.to} max={utcDay()} onChange={(event) => onChange({ ...range, to: event.target.value })} />}</Field>
    </>
  );
}

function CsvButton({ range }: { range: Range }) {
  const words = useWords();
  const [busy, setBusy] = useState(false);
  async function fetchTable(): Promise<void> {
    setBusy(true);
    try {
      const query = new URLSearchParams({ from: range.from, to: range.to, group_by: "day", format: "csv" });
      const answer = await raw(`/api/v1/usage?${query.toString()}`, { headers: { accept: "text/csv" } });
      download(`prosa-${words.account.usage.file}-${range.from}-${range.to}.csv`, await answer.blob());
    } catch (error) {
      toast({ kind: "error", text: tell(error, words), ...(isApiError(error) && { action: { label: words.common.retry, run: () => void fetchTable() } }) });
    } finally {
      setBusy(false);
    }
  }
  return (
    <Button busy={busy} icon={<Download size={16} aria-hidden />} onClick={() => void fetchTable()}>
      {words.account.usage.csv}
    </Button>
  );
}
