import { CircleAlert, CircleStop, RotateCcw } from "lucide-react";
import { lazy, type ReactNode, Suspense } from "react";
import { explain, ApiError } from "@/api/errors";
import type { AnswerTurn, TurnActions } from "@/chat/types";
import { type Messages, useWords } from "@/i18n";
import { Shown } from "@/md";
import { Button } from "@/ui";

const Awaiting = lazy(() => import("@/chat/message/steps/awaiting").then((module) => ({ default: module.Awaiting })));

/** Why there is no answer, in a sentence. */
export function cause(error: AnswerTurn["error"], words: Messages): string {
  if (error === null) return words.errors.unknown;
  const known = Object.hasOwn(words.message.failures, error.code) ? (words.message.failures as Record<string, string>)[error.code] : undefined;
  return known ?? explain(new ApiError(500, { code: error.code, detail: error.message }), words);
}

/** What stands at the end of an answer that is on its way, or didn't end as it should. */
export function Ending({ turn, actions }: { turn: AnswerTurn; actions: TurnActions }) {
  const words = useWords();
  const { regenerate, proceed } = actions;
  const goOn = proceed !== undefined && turn.lastItemId !== null && <Button onClick={() => proceed(turn)}>{words.message.proceed}</Button>;
  switch (turn.state) {
    case "queued":
      return <Waiting>{words.message.queued}</Waiting>;
    case "waiting":
      return (
        <Suspense fallback={<Waiting>{words.message.waiting}</Waiting>}>
          <Awaiting turn={turn} end={actions.end} />
        </Suspense>
      );
    case "running":
      return turn.parts.some((part) => part.open) ? null : <Waiting />;
    case "cancelled":
      return <Stopped text={words.message.stopped}>{goOn}</Stopped>;
    case "incomplete":
      return <Stopped text={words.message.incomplete}>{goOn}</Stopped>;
    case "failed":
      return (
        <div role="alert" className="my-3 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-xl border border-line bg-danger-soft px-4 py-3 text-sm">
          <CircleAlert size={18} aria-hidden className="shrink-0 text-danger" />
          <div className="min-w-48 flex-1">
            <p className="font-medium text-danger">{words.message.failed}</p>
            <p>
              <Shown text={cause(turn.error, words)} />
            </p>
          </div>
          {regenerate !== undefined && (
            <Button icon={<RotateCcw size={16} aria-hidden />} onClick={() => regenerate(turn)}>
              {words.common.retry}
            </Button>
          )}
        </div>
      );
    case "completed":
      return null;
  }
}

/** Something is to come: a quiet sign, told to nobody's ears (the thread's own status does that). */
function Waiting({ children }: { children?: ReactNode }) {
  return (
    <p className="flex min-h-7 items-center gap-2.5 text-sm text-muted">
      <span aria-hidden className="turn-pulse" />
      {children}
    </p>
  );
}

function Stopped({ text, children }: { text: string; children: ReactNode }) {
  return (
    <div className="my-2 flex flex-wrap items-center gap-x-3 gap-y-2 text-sm text-muted">
      <CircleStop size={16} aria-hidden className="shrink-0" />
      <span>{text}</span>
      {children}
    </div>
  );
}
