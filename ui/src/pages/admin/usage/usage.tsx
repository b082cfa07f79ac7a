import { ChartColumn } from "lucide-react";
import { useState } from "react";
import { useAdminWords } from "@/i18n/admin";
import { Head } from "@/pages/admin/parts";
import { Breakdown } from "@/pages/admin/usage/breakdown";
import { type Group, type Range, useUsage } from "@/pages/admin/usage/data";
import { isRange, lastDays } from "@/pages/admin/usage/period";
import { Totals } from "@/pages/admin/usage/totals";
import { EmptyState, ErrorState, Field, Select, SkeletonList, TextInput } from "@/ui";
import type { UsageMeasure } from "@/ui/chart";

const OTHERS = ["provider", "key", "dialect"] as const satisfies readonly Group[];

/** What everybody used in a range of days, and what it cost. */
export function UsagePage() {
  const words = useAdminWords().usage;
  const [range, setRange] = useState<Range>(() => lastDays(30));
  const [measure, setMeasure] = useState<UsageMeasure>("calls");
  const [other, setOther] = useState<(typeof OTHERS)[number]>("provider");
  const days = useUsage(range, "day");

  const also = (
    <div className="w-48">
      <Select aria-label={words.also} value={other} onChange={(event) => setOther(event.target.value as typeof other)}>
        {OTHERS.map((by) => (
          <option key={by} value={by}>
            {words.by[by]}
          </option>
        ))}
      </Select>
    </div>
  );
  return (
    <>
      <Head title={words.title} text={words.text} />
      <Choices range={range} onRange={setRange} measure={measure} onMeasure={setMeasure} />
      {days.data === undefined && (days.error ? <ErrorState error={days.error} onRetry={() => void days.refetch()} /> : <SkeletonList rows={4} className="h-24" />)}
      {days.data !== undefined && (
        <>
          <Totals sums={days.data.total} range={range} />
          {days.data.total.calls === 0 ? (
            <EmptyState icon={<ChartColumn aria-hidden />} title={words.none}>
              {words.noneText}
            </EmptyState>
          ) : (
            <>
              <Breakdown by="day" range={range} measure={measure} />
              <Breakdown by="person" range={range} measure={measure} />
              <Breakdown by="model" range={range} measure={measure} />
              <Breakdown by={other} range={range} measure={measure} choice={also} />
            </>
          )}
        </>
      )}
    </>
  );
}

interface ChoicesProps {
  range: Range;
  onRange: (range: Range) => void;
  measure: UsageMeasure;
  onMeasure: (measure: UsageMeasure) => void;
}

function Choices({ range, onRange, measure, onMeasure }: ChoicesProps) {
  const words = useAdminWords().usage;
  const [period, setPeriod] = useState("30");
  const [typed, setTyped] = useState(range);
  const wrong = isRange(typed) ? null : words.wrongDays;

  function choose(name: string): void {
    setPeriod(name);
    if (name !== "own") onRange(lastDays(Number(name)));
    else setTyped(range);
  }

  function put(changes: Partial<Range>): void {
    const next = { ...typed, ...changes };
    setTyped(next);
    if (isRange(next)) onRange(next);
  }

  return (
    <div className="mb-8 flex flex-wrap items-start gap-3">
      <div className="w-full sm:w-52">
        <Field label={words.period}>
          {(ids) => (
            <Select {...ids} value={period} onChange={(event) => choose(event.target.value)}>
              {["7", "30", "90", "365", "own"].map((name) => (
                <option key={name} value={name}>
                  {words.periods[name]}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      {period === "own" && (
        <>
          <Field label={words.from} error={wrong}>
            {(ids) => <TextInput {...ids} type="date" value={typed.from} onChange={(event) => put({ from: event.target.value })} />}
          </Field>
          <Field label={words.to}>{(ids) => <TextInput {...ids} type="date" value={typed.to} onChange={(event) => put({ to: event.target.value })} />}</Field>
        </>
      )}
      <Measure measure={measure} onMeasure={onMeasure} />
    </div>
  );
}

function Measure({ measure, onMeasure }: Pick<ChoicesProps, "measure" | "onMeasure">) {
  const words = useAdminWords().usage;
  return (
    <fieldset className="w-full sm:ml-auto sm:w-auto">
      <legend className="mb-1.5 text-sm font-medium">{words.measure}</legend>
      <div className="flex rounded-lg border border-edge/60 bg-surface p-0.5">
        {(["calls", "tokens", "cost"] as const).map((each) => (
          <label
            key={each}
            className="flex min-h-8.5 flex-1 cursor-pointer items-center justify-center rounded-md px-3.5 text-sm whitespace-nowrap text-muted has-checked:bg-selected has-checked:font-medium has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input type="radio" name="measure" className="sr-only" checked={measure === each} onChange={() => onMeasure(each)} />
            {words.measures[each]}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
