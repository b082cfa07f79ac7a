import { CircleCheck, CircleX } from "lucide-react";
import { ApiError } from "@/api";
import { useAdminWords } from "@/i18n/admin";
import { number } from "@/i18n/format";
import { useExplain } from "@/pages/admin/explain";
import type { Trial } from "@/pages/admin/providers/data";
import { Spinner } from "@/ui";

export type TrialState = { state: "running" } | { state: "done"; trial: Trial } | { state: "failed"; error: unknown };

/** Asks, and tells each state of it. */
export async function tryIt(ask: () => Promise<Trial>, tell: (state: TrialState) => void): Promise<void> {
  tell({ state: "running" });
  try {
    tell({ state: "done", trial: await ask() });
  } catch (error) {
    tell({ state: "failed", error });
  }
}

/** "412 ms", "2,4 s" */
const duration = (milliseconds: number): string =>
  milliseconds < 1000 ? `${number(milliseconds)} ms` : `${number(milliseconds / 1000, { maximumFractionDigits: 1 })} s`;

/** What came of a test: how long it took and what was found, or in plain words what is wrong. */
export function TrialResult({ shown }: { shown: TrialState | undefined }) {
  const words = useAdminWords().providers;
  const why = useExplain();
  return (
    <div role="status" className="text-sm empty:hidden">
      {shown?.state === "running" && (
        <p className="flex items-center gap-2 text-muted">
          <Spinner />
          {words.testing}
        </p>
      )}
      {shown?.state === "failed" && <Failed text={shown.error instanceof ApiError && shown.error.status === 422 ? shown.error.detail : why(shown.error)} />}
      {shown?.state === "done" && <Outcome trial={shown.trial} />}
    </div>
  );
}

function Outcome({ trial }: { trial: Trial }) {
  const words = useAdminWords().providers;
  const texts = words.tested;
  if (!trial.ok) {
    const known = (words.codes as Record<string, string | undefined>)[trial.code ?? ""];
    // The server's own sentence for a known code would say it twice; for others it is the only one that knows.
    return <Failed text={known ?? texts.failed} detail={known === undefined ? (trial.message ?? undefined) : undefined} />;
  }
  return (
    <div className="flex flex-col gap-1">
      <p className="flex items-start gap-2 text-good">
        <CircleCheck size={17} aria-hidden className="mt-0.5 shrink-0" />
        <span>
          {texts.ok(duration(trial.milliseconds))} {trial.answered !== null && texts.answered(trial.answered)} {trial.listed ? texts.found(trial.models.length) : texts.unlisted}
        </span>
      </p>
      {trial.models.length > 0 && (
        <details className="pl-6 text-muted">
          <summary className="min-h-6 w-fit rounded-md underline underline-offset-4">{texts.showModels}</summary>
          <ul tabIndex={0} aria-label={texts.showModels} className="mt-1 max-h-40 overflow-y-auto font-mono text-xs leading-6">
            {trial.models.map((model) => (
              <li key={model}>{model}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function Failed({ text, detail }: { text: string; detail?: string | undefined }) {
  return (
    <p className="flex items-start gap-2 text-danger">
      <CircleX size={17} aria-hidden className="mt-0.5 shrink-0" />
      <span>
        {text}
        {detail !== undefined && detail !== text && <span className="block text-muted">{detail}</span>}
      </span>
    </p>
  );
}
