import { useEffect, useId, useRef, useState } from "react";
import { useLanguage, useWords } from "@/i18n/pages";
import { useTheme } from "@/app/theme";
import type { ChartData } from "@/ui/chart-data";
import { Skeleton } from "@/ui/states";

interface BarChartProps extends ChartData {
  /** In pixels; without it by what is shown. */
  height?: number;
  /** `fold`: the same numbers as a table, one click away. `none`: where the page shows them beside it by itself. */
  table?: "fold" | "none";
}

/** A chart of bars or lines, with its numbers as a table. */
export function BarChart({ height, table = "fold", ...data }: BarChartProps) {
  const words = useWords().dashboard.chart;
  const id = useId();
  const [open, setOpen] = useState(false);
  const tall = height ?? (data.horizontal === true ? Math.max(96, data.categories.length * 34 + 40) : 220);
  return (
    <figure className="m-0 min-w-0">
      <Drawing data={data} height={tall} />
      {table === "fold" && (
        <figcaption className="mt-2">
          <button type="button" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)} className="min-h-8 rounded-md px-1 text-sm text-muted underline underline-offset-4 hover:text-ink">
            {open ? words.hideTable : words.showTable}
          </button>
          <div id={id} hidden={!open}>
            {open && <ChartTable {...data} />}
          </div>
        </figcaption>
      )}
    </figure>
  );
}

function Drawing({ data, height }: { data: ChartData; height: number }) {
  const place = useRef<HTMLDivElement>(null);
  const engine = useRef<ReturnType<typeof import("@/ui/chart-engine").draw> | null>(null);
  const [ready, setReady] = useState<"waiting" | "drawn" | "failed">("waiting");
  const theme = useTheme();
  const shown = useShownTheme();
  const language = useLanguage();
  const words = useWords().dashboard.chart;

  useEffect(() => {
    let gone = false;
    const observer = new ResizeObserver(() => engine.current?.fit());
    import("@/ui/chart-engine").then(
      ({ draw }) => {
        if (gone || place.current === null) return;
        engine.current = draw(place.current);
        observer.observe(place.current);
        setReady("drawn");
      },
      () => setReady("failed"),
    );
    return () => {
      gone = true;
      observer.disconnect();
      engine.current?.end();
      engine.current = null;
    };
  }, []);

  const key = JSON.stringify([data.label, data.categories, data.series]);
  useEffect(() => {
    if (ready === "drawn") engine.current?.show(data, window.matchMedia("(prefers-reduced-motion: reduce)").matches);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the functions of `data` are new at each render, made of the language alone
  }, [ready, key, theme, shown, language]);

  return (
    <div className="relative" style={{ height }}>
      {ready === "waiting" && <Skeleton className="absolute inset-0 h-full w-full" />}
      {ready === "failed" && <p className="text-sm text-muted">{words.failed}</p>}
      <div ref={place} role="img" aria-label={data.label} className="h-full w-full" />
    </div>
  );
}

/** The theme that the page shows, also when it is the machine's own that changed. */
function useShownTheme(): string {
  const [shown, setShown] = useState(() => document.documentElement.dataset["theme"] ?? "light");
  useEffect(() => {
    const observer = new MutationObserver(() => setShown(document.documentElement.dataset["theme"] ?? "light"));
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => observer.disconnect();
  }, []);
  return shown;
}

/** A chart's numbers. */
export function ChartTable({ label, categories, series, format }: ChartData) {
  return (
    <div role="region" aria-label={label} tabIndex={0} className="mt-2 max-h-80 overflow-auto rounded-lg border border-line">
      <table className="w-full text-sm">
        <caption className="sr-only">{label}</caption>
        <thead>
          <tr className="border-b border-line text-left text-muted">
            <td className="px-3 py-2" />
            {series.map((one) => (
              <th key={one.name} scope="col" className="px-3 py-2 text-right font-medium">
                {one.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {categories.map((category, row) => (
            <tr key={`${row} ${category}`} className="border-b border-line last:border-0">
              <th scope="row" className="min-w-28 px-3 py-1.5 text-left font-normal">
                {category}
              </th>
              {series.map((one) => {
                const value = one.values[row];
                return (
                  <td key={one.name} className="px-3 py-1.5 text-right tabular-nums">
                    {value === null || value === undefined ? "–" : format(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
