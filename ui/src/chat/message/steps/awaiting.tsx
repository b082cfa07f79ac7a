import { Hourglass } from "lucide-react";
import { named } from "@/chat/message/steps/mcp";
import type { AnswerTurn, TurnActions } from "@/chat/types";
import { useWords } from "@/i18n/chat-tools";
import { time } from "@/i18n/format";
import { Button } from "@/ui";

/** An answer that stands still until somebody else's program says what its functions gave. */
export function Awaiting({ turn, end }: { turn: AnswerTurn; end: TurnActions["end"] }) {
  const words = useWords().tools.waiting;
  const names = calledBy(turn).map(named).filter(Boolean);
  const until = turn.awaits?.until;
  return (
    <div className="my-3 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-xl border border-line bg-surface px-4 py-3 text-sm">
      <Hourglass size={18} aria-hidden className="shrink-0 text-muted" />
      <div className="min-w-48 flex-1">
        <p className="font-medium">{words.text}</p>
        <p className="text-muted">
          {names.length > 0 && words.functions([...new Set(names)].join(", "))} {until !== undefined && words.until(time(until))}
        </p>
      </div>
      {end !== undefined && turn.runId !== null && <Button onClick={() => end(turn)}>{words.end}</Button>}
    </div>
  );
}

/** The functions that it waits for: as the server tells, or as the answer shows them. */
function calledBy(turn: AnswerTurn): readonly string[] {
  return turn.awaits?.names ?? turn.parts.flatMap((part) => (part.kind === "tool" && part.output === null ? [part.name] : []));
}
