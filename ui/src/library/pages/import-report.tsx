import type { ReactNode } from "react";
import { useWords } from "@/i18n/library-pages";
import { number } from "@/i18n/format";
import type { ImportReport } from "@/library/importing";
import { Badge, Button, Card } from "@/ui";

interface ReportProps {
  report: ImportReport;
  onImport: () => void;
  onOther: () => void;
}

/** What a file holds, before anything of it is written. */
export function Report({ report, onImport, onOther }: ReportProps) {
  const words = useWords().library.import;
  const source = report.source === null ? null : ((words.from as Record<string, string>)[report.source] ?? report.source);
  const leftOut = Object.entries(report.left_out).filter(([, count]) => count > 0);
  return (
    <Card className="flex flex-col gap-5">
      <div>
        <h2 className="flex flex-wrap items-center gap-2 text-base font-semibold">
          {words.report}
          {source !== null && <Badge tone="accent">{source}</Badge>}
        </h2>
        <p className="mt-1">{words.found(report.conversations, report.items)}</p>
        {report.files > 0 && <p className="text-sm text-muted">{words.files(report.files)}</p>}
        {report.conversations === 0 && <p className="mt-2 text-sm">{words.nothing}</p>}
      </div>
      {leftOut.length > 0 && (
        <Facts title={words.leftOut}>
          {leftOut.map(([reason, count]) => (
            <li key={reason} className="flex justify-between gap-4">
              <span>{words.reasons[reason] ?? reason}</span>
              <span className="text-muted tabular-nums">{number(count)}</span>
            </li>
          ))}
        </Facts>
      )}
      {report.problem_count > 0 && (
        <Facts title={words.problems(report.problem_count)}>
          {report.problems.map((each) => (
            <li key={`${each.place} ${each.reason}`}>
              <code className="text-muted">{each.place}</code> {each.reason}
            </li>
          ))}
        </Facts>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onOther}>{words.other}</Button>
        {report.conversations > 0 && (
          <Button kind="primary" onClick={onImport}>
            {words.start(report.conversations)}
          </Button>
        )}
      </div>
    </Card>
  );
}

function Facts({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <h3 className="mb-1 text-sm font-medium">{title}</h3>
      <ul className="flex flex-col gap-1 text-sm">{children}</ul>
    </div>
  );
}
