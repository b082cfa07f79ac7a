import { ArrowDown, CloudOff } from "lucide-react";
import { type ReactNode, useEffect, useLayoutEffect, useMemo, useRef } from "react";
import { Announcer } from "@/chat/announcer";
import { TurnView } from "@/chat/message";
import type { Thread } from "@/chat/thread";
import type { TurnActions } from "@/chat/types";
import { useScroll } from "@/chat/use-scroll";
import { useWords } from "@/i18n";
import { Button, Skeleton, Spinner } from "@/ui";

interface ThreadViewProps {
  thread: Thread;
  actions: TurnActions;
  onOlder: () => void;
  /** Key of the question that is being edited. */
  editing: string | null;
  onEditing: (key: string | null) => void;
  /** Stands where the thread is empty. */
  empty?: ReactNode;
}

/** What was said, oldest above. */
export function ThreadView({ thread, actions, onOlder, editing, onEditing, empty }: ThreadViewProps) {
  const words = useWords().chat.thread;
  const { turns, older } = thread;
  const { scroller, content, atEnd, toEnd } = useScroll(turns[0]?.key, () => older === "more" && onOlder());
  useFollowOwn(thread, toEnd);
  const last = turns.length - 1;
  // Only what was said last can go on.
  const before = useMemo(() => {
    const { proceed: _, ...others } = actions;
    return others;
  }, [actions]);
  return (
    <div className="relative min-h-0 flex-1">
      <div ref={scroller} tabIndex={0} role="log" aria-live="off" aria-label={words.label} className="h-full overflow-y-auto overscroll-contain outline-offset-[-2px]">
        <div ref={content} className="mx-auto flex w-full max-w-3xl flex-col gap-5 px-4 pt-4 pb-6 sm:px-6">
          <Older state={older} onOlder={onOlder} />
          {thread.status === "loading" && turns.length === 0 && <ThreadSkeleton />}
          {turns.length === 0 && thread.status === "ready" && empty}
          {turns.map((turn, index) => (
            <TurnView
              key={turn.key}
              turn={turn}
              actions={index === last ? actions : before}
              last={index === last || (index === last - 1 && turns[last]?.role === "answer")}
              {...(turn.role === "user" && editing === turn.key && { editing: true, onEditing: (now: boolean) => !now && onEditing(null) })}
            />
          ))}
          {thread.connection === "waiting" && (
            <p role="status" className="flex items-center gap-2 text-sm text-muted">
              <CloudOff size={16} className="shrink-0" aria-hidden />
              {words.waiting}
            </p>
          )}
        </div>
      </div>
      {!atEnd && (
        <button
          type="button"
          onClick={toEnd}
          aria-label={words.toBottom}
          title={words.toBottom}
          className="absolute bottom-3 left-1/2 grid size-9 -translate-x-1/2 place-items-center rounded-full border border-line bg-raised text-ink shadow-overlay hover:bg-hover"
        >
          <ArrowDown size={18} aria-hidden />
        </button>
      )}
      <Announcer thread={thread} />
    </div>
  );
}

/** Who asks something wants to see it: the thread goes to its end. */
function useFollowOwn(thread: Thread, toEnd: () => void): void {
  const asked = useRef("");
  const newest = thread.turns.findLast((turn) => turn.role === "user");
  const mine = newest?.id.startsWith("local-") === true ? newest.key : "";
  useLayoutEffect(() => {
    if (mine !== "" && mine !== asked.current) toEnd();
    asked.current = mine;
  }, [mine, toEnd]);
  // A conversation opens at its end.
  const ready = thread.status === "ready";
  useEffect(() => {
    if (ready) toEnd();
  }, [ready, toEnd]);
}

function Older({ state, onOlder }: { state: Thread["older"]; onOlder: () => void }) {
  const words = useWords();
  if (state === "none") return null;
  return (
    <div className="flex min-h-9 flex-col items-center justify-center gap-2 text-sm text-muted">
      {state === "loading" && (
        <span role="status" aria-label={words.common.loading}>
          <Spinner />
        </span>
      )}
      {state === "failed" && <span>{words.chat.thread.olderFailed}</span>}
      {state !== "loading" && (
        <Button kind="quiet" onClick={onOlder}>
          {state === "failed" ? words.common.retry : words.chat.thread.older}
        </Button>
      )}
    </div>
  );
}

function ThreadSkeleton() {
  const words = useWords();
  return (
    <div role="status" aria-label={words.common.loading} className="flex flex-col gap-8 pt-4">
      {[0, 1].map((pair) => (
        <div key={pair} className="flex flex-col gap-6">
          <Skeleton className="ml-auto h-11 w-3/5 rounded-2xl" />
          <div className="flex flex-col gap-2.5">
            <Skeleton className="h-4 w-full" />
            <Skeleton className="h-4 w-11/12" />
            <Skeleton className="h-4 w-2/3" />
          </div>
        </div>
      ))}
    </div>
  );
}
