import { Bug, RotateCcw, Trash2 } from "lucide-react";
import { lazy, memo, Suspense } from "react";
import { Bar, More } from "@/chat/message/bar";
import { citedIn, useCited } from "@/chat/message/cited";
import { DecidingContext, useDeciding } from "@/chat/message/deciding";
import { Ending } from "@/chat/message/ending";
import { Feedback } from "@/chat/message/feedback";
import { Reasoning } from "@/chat/message/reasoning";
import { Versions } from "@/chat/message/versions";
import type { AnswerPart, AnswerTurn, TurnActions } from "@/chat/types";
import { useWords } from "@/i18n";
import { dateTime, money, number, time } from "@/i18n/format";
import { CopyButton, Markdown, MarkingContext, plain, Shown } from "@/md";
import { IconButton, type MenuItem, Skeleton } from "@/ui";

// Most answers are words alone: the rest comes with the first one that has more.
const Step = lazy(() => import("@/chat/message/steps").then((module) => ({ default: module.Step })));
const Sources = lazy(() => import("@/chat/message/sources").then((module) => ({ default: module.Sources })));

/** Is something still to come? */
export function isUnderWay(turn: AnswerTurn): boolean {
  return turn.state === "queued" || turn.state === "running" || turn.state === "waiting";
}

/** What the model said, as it wrote it; with the names of its sources. */
export function markdownOf(turn: AnswerTurn): string {
  const { sources, texts } = citedIn(turn.parts, (number) => ` [${number}]`);
  const said = turn.parts.flatMap((part) => (part.kind === "text" || part.kind === "refusal" ? [texts.get(part.id) ?? part.text] : []));
  const named = sources.map(({ number, reference }) => `[${number}] ${plain(reference.filename)}`);
  return [...said, named.join("\n")].join("\n\n").trim();
}

interface AnswerProps {
  turn: AnswerTurn;
  actions: TurnActions;
  last: boolean;
}

/** An answer: what was thought, which tools were used, what was said, and how it ended. */
export function Answer({ turn, actions, last }: AnswerProps) {
  const words = useWords().message;
  const underWay = isUnderWay(turn);
  const model = plain(turn.assistant?.name ?? turn.model ?? "");
  const cited = useCited(turn);
  const deciding = useDeciding(turn, actions.decide);
  return (
    <article id={`turn-${turn.id}`} aria-busy={underWay} className={`turn group/turn ${underWay ? "" : "turn-settled"}`}>
      <h2 className="sr-only">{model === "" ? words.answer : words.answerOf(model)}</h2>
      <DecidingContext value={deciding}>
        <MarkingContext value={cited.marking}>
          {turn.parts.map((part) => (
            <Part key={part.id} part={part} text={cited.texts.get(part.id)} now={last} />
          ))}
        </MarkingContext>
      </DecidingContext>
      {(cited.sources.length > 0 || cited.files.length > 0) && (
        <Suspense fallback={null}>
          <Sources cited={cited} drawn={cited.drawn} onOpen={cited.open} />
        </Suspense>
      )}
      {cited.window}
      <Ending turn={turn} actions={actions} />
      {!underWay && <AnswerBar turn={turn} actions={actions} last={last} />}
    </article>
  );
}

/** `text`: with the marks of its sources, where it has any. */
const Part = memo(function Part({ part, text, now }: { part: AnswerPart; text: string | undefined; now: boolean }) {
  if (part.kind === "text") return part.text === "" ? null : <Markdown text={text ?? part.text} open={part.open} now={now} />;
  if (part.kind === "reasoning") return <Reasoning part={part} />;
  if (part.kind === "refusal") return <Refusal text={part.text} />;
  return (
    <Suspense fallback={<Skeleton className="my-1 h-8 w-56" />}>
      <Step part={part} />
    </Suspense>
  );
});

function Refusal({ text }: { text: string }) {
  const words = useWords().message;
  return (
    <div className="my-2 rounded-xl border border-line bg-surface px-4 py-3">
      <p className="text-sm font-medium">{words.refusal}</p>
      <p dir="auto" className="whitespace-pre-wrap text-muted">
        <Shown text={text} />
      </p>
    </div>
  );
}

function AnswerBar({ turn, actions, last }: AnswerProps) {
  const words = useWords().message;
  const { regenerate, rate, inspect, remove } = actions;
  const more: MenuItem[] = [];
  if (inspect !== undefined && turn.runId !== null) more.push({ label: words.inspect, icon: <Bug aria-hidden />, onSelect: () => inspect(turn) });
  if (remove !== undefined) more.push({ label: words.remove, icon: <Trash2 aria-hidden />, danger: true, onSelect: () => remove(turn) });
  return (
    <>
      <Bar last={last}>
        {markdownOf(turn) !== "" && <CopyButton label={words.copyAnswer} text={() => markdownOf(turn)} className="turn-tool" />}
        {regenerate !== undefined && (
          <IconButton size="small" label={words.regenerate} onClick={() => regenerate(turn)}>
            <RotateCcw size={16} aria-hidden />
          </IconButton>
        )}
        {rate !== undefined && turn.lastItemId !== null && <Feedback turn={turn} rate={rate} />}
        <More items={more} />
        <Versions turn={turn} choose={actions.choose} />
        <Facts turn={turn} />
      </Bar>
    </>
  );
}

/** Model, time, tokens and cost, in small. */
function Facts({ turn }: { turn: AnswerTurn }) {
  const words = useWords().message;
  const { usage } = turn;
  return (
    <span className="ml-2 flex min-w-0 flex-wrap items-center gap-x-2 text-xs text-muted">
      {turn.assistant?.name != null && <span className="max-w-60 truncate font-medium">{plain(turn.assistant.name)}</span>}
      {turn.model !== null && <span className="max-w-60 truncate">{plain(turn.model)}</span>}
      <time dateTime={turn.createdAt} title={dateTime(turn.createdAt)}>
        {time(turn.createdAt)}
      </time>
      {usage !== null && <span title={words.tokensDetail(number(usage.inputTokens), number(usage.outputTokens))}>{words.tokens(number(usage.inputTokens + usage.outputTokens))}</span>}
      {usage !== null && usage.cost !== null && <span>{money(usage.cost)}</span>}
    </span>
  );
}
