import { useQuery } from "@tanstack/react-query";
import { type ReactNode } from "react";
import { chatApi } from "@/chat/api";
import { markdownOf } from "@/chat/message";
import type { AnswerTurn, Turn } from "@/chat/types";
import { useWords } from "@/i18n";
import { Shown } from "@/md";
import { Dialog, ErrorState, SkeletonList } from "@/ui";

/** What the model of an answer was sent. */
export function ContextDialog({ turn, turns, onClose }: { turn: AnswerTurn; turns: readonly Turn[]; onClose: () => void }) {
  const words = useWords().chat.context;
  const runId = turn.runId ?? "";
  const { data, error, refetch } = useQuery({ queryKey: ["context", runId], queryFn: () => chatApi.context(runId) });
  return (
    <Dialog open onClose={onClose} title={words.title} description={words.description} wide>
      {data === undefined && error === null && <SkeletonList rows={4} className="h-6" />}
      {data === undefined && error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data !== undefined && (
        <dl className="flex flex-col gap-4 text-sm">
          <Entry name={words.model}>{data.model}</Entry>
          <Entry name={words.instructions}>{data.instructions === null ? <span className="text-muted">{words.noInstructions}</span> : <Quote text={data.instructions} />}</Entry>
          <Entry name={words.memories}>{words.memoriesCount(data.memories.length)}</Entry>
          {data.summary !== null && (
            <Entry name={words.summary}>
              <Quote text={textOf(turns, data.summary) ?? words.other} />
            </Entry>
          )}
          <Entry name={words.items}>
            {data.whole ? words.whole(data.items.length) : words.part(data.items.length)} {data.gone > 0 && words.gone(data.gone)}
            <ol className="mt-2 flex max-h-72 flex-col gap-1 overflow-y-auto" tabIndex={0} aria-label={words.items}>
              {data.items.map((id) => (
                <li key={id} className="truncate rounded-md bg-ground px-2.5 py-1.5 text-muted">
                  <Shown text={(textOf(turns, id) ?? words.other).slice(0, 200)} />
                </li>
              ))}
            </ol>
          </Entry>
        </dl>
      )}
    </Dialog>
  );
}

function Entry({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="font-medium">{name}</dt>
      <dd className="mt-1">{children}</dd>
    </div>
  );
}

function Quote({ text }: { text: string }) {
  return (
    <div className="max-h-48 overflow-y-auto rounded-lg bg-ground px-3 py-2 whitespace-pre-wrap" tabIndex={0}>
      <Shown text={text} />
    </div>
  );
}

/** What an item says, if it is on the page. An answer is several items: any of them names it. */
function textOf(turns: readonly Turn[], id: string): string | undefined {
  const turn = turns.find((each) => each.id === id || (each.role === "answer" && (each.lastItemId === id || each.parts.some((part) => part.id.startsWith(id)))));
  if (turn === undefined) return undefined;
  const said = turn.role === "answer" ? markdownOf(turn) : turn.text;
  return said === "" ? undefined : said;
}
