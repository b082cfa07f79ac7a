import { Link } from "@tanstack/react-router";
import { CircleCheck, FileUp } from "lucide-react";
import { type ChangeEvent, useEffect, useRef, useState } from "react";
import { useWords } from "@/i18n/library-pages";
import { followImport, type ImportEnd, type ImportProgress, type ImportReport, startDryRun, startImport } from "@/library/importing";
import { ProgressBar } from "@/library/pages/progress-bar";
import { Report } from "@/library/pages/import-report";
import { refetchLibrary } from "@/library/queries";
import { Button, buttonClass, Card, EmptyState, ErrorState, Page } from "@/ui";

type Step =
  | { at: "choose" }
  | { at: "looking"; name: string; progress: ImportProgress | null }
  | { at: "seen"; run: string; report: ImportReport }
  | { at: "writing"; progress: ImportProgress | null }
  | { at: "done"; report: ImportReport }
  | { at: "failed"; error: unknown; reason: string | null };

/** Conversations from elsewhere: a file is looked at first, and written once somebody has seen what is in it. */
export function ImportPage() {
  const words = useWords();
  const said = words.library.import;
  const { step, look, write, again } = useImport();
  return (
    <Page title={said.title} description={said.text}>
      <div aria-live="polite">
        {step.at === "choose" && <Choose onFile={(file) => void look(file)} />}
        {step.at === "looking" && (
          <Card>
            <ProgressBar label={said.progress} done={0} of={null} text={step.progress === null ? said.uploading(step.name) : said.checking(step.name)} />
          </Card>
        )}
        {step.at === "seen" && <Report report={step.report} onImport={() => void write(step.run)} onOther={again} />}
        {step.at === "writing" && (
          <Card>
            <ProgressBar label={said.progress} done={step.progress?.done ?? 0} of={step.progress?.of ?? null} text={step.progress?.of == null ? words.library.export.preparing : said.writing(step.progress.done, step.progress.of)} />
          </Card>
        )}
        {step.at === "done" && <Done report={step.report} onOther={again} />}
        {step.at === "failed" && (
          <div className="flex flex-col items-center">
            <ErrorState title={said.failed} error={step.error} />
            {step.reason !== null && <p className="-mt-6 mb-6 max-w-md text-center text-sm text-muted">{step.reason}</p>}
            <Button onClick={again}>{said.other}</Button>
          </div>
        )}
      </div>
    </Page>
  );
}

function useImport() {
  const [step, setStep] = useState<Step>({ at: "choose" });
  const following = useRef<AbortController | null>(null);
  useEffect(() => () => following.current?.abort(), []);

  async function attempt(how: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const controller = new AbortController();
    following.current = controller;
    try {
      await how(controller.signal);
    } catch (error) {
      if (!controller.signal.aborted) setStep({ at: "failed", error, reason: null });
    }
  }

  /** What an ended run says; null where it failed, which is shown then. */
  function reported({ state, report }: ImportEnd): ImportReport | null {
    if (state === "completed" && report !== null) return report;
    setStep({ at: "failed", error: null, reason: report?.error?.message ?? null });
    return null;
  }

  const look = (file: File) =>
    attempt(async (signal) => {
      setStep({ at: "looking", name: file.name, progress: null });
      const run = await startDryRun(file, signal);
      const tell = (progress: ImportProgress) => setStep({ at: "looking", name: file.name, progress });
      const report = reported(await followImport(run.id, tell, signal));
      if (report !== null) setStep({ at: "seen", run: run.id, report });
    });

  const write = (dryRun: string) =>
    attempt(async (signal) => {
      setStep({ at: "writing", progress: null });
      const run = await startImport(dryRun);
      const report = reported(await followImport(run.id, (progress) => setStep({ at: "writing", progress }), signal));
      void refetchLibrary("conversations", "folders", "tags");
      if (report !== null) setStep({ at: "done", report });
    });

  return { step, look, write, again: () => setStep({ at: "choose" }) };
}

/** The field lies over the whole of it: browsers take a file that is dropped on one. */
function Choose({ onFile }: { onFile: (file: File) => void }) {
  const words = useWords().library.import;

  function chosen(event: ChangeEvent<HTMLInputElement>): void {
    const [file] = event.target.files ?? [];
    if (file !== undefined) onFile(file);
  }

  return (
    <div className="relative rounded-2xl border border-dashed border-edge hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-accent">
      <EmptyState icon={<FileUp aria-hidden />} title={words.drop} action={<span className={buttonClass("primary")}>{words.choose}</span>}>
        {words.hint}
      </EmptyState>
      <input type="file" accept=".json,.zip,application/json,application/zip" aria-label={words.choose} className="absolute inset-0 size-full cursor-pointer opacity-0" onChange={chosen} />
    </div>
  );
}

function Done({ report, onOther }: { report: ImportReport; onOther: () => void }) {
  const words = useWords().library.import;
  return (
    <EmptyState
      icon={<CircleCheck className="text-good" aria-hidden />}
      title={report.written > 0 ? words.done(report.written) : words.nothing}
      action={
        <div className="flex flex-wrap justify-center gap-2">
          <Button onClick={onOther}>{words.other}</Button>
          <Link to="/chat" className={buttonClass("primary")}>
            {words.see}
          </Link>
        </div>
      }
    >
      {report.written > 0 && <p>{words.doneText}</p>}
      {report.already_there > 0 && <p>{words.already(report.already_there)}</p>}
    </EmptyState>
  );
}
