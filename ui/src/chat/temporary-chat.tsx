import { Ghost } from "lucide-react";
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { ChatFoot } from "@/chat/chat-frame";
import { useChatKeys } from "@/chat/chat-keys";
import { Composer, type ComposerHandle } from "@/chat/composer";
import { TemporaryStore } from "@/chat/temporary";
import { ThreadView } from "@/chat/thread-view";
import { type Asking, Welcome } from "@/chat/welcome";
import { useWords } from "@/i18n";

/** A chat of which nothing is kept: lives as long as it is on the page. */
export function TemporaryChat({ model, settings, chosen }: Asking) {
  const said = useWords().chat;
  const store = useMemo(() => new TemporaryStore(), []);
  const thread = useSyncExternalStore(store.subscribe, store.snapshot);
  const composer = useRef<ComposerHandle>(null);
  const [editing, setEditing] = useState<string | null>(null);
  useEffect(() => {
    // An assistant has a model of its own.
    store.wishes({ model: chosen.id === null ? model : null, instructions: settings.instructions ?? null, temperature: settings.temperature ?? null, assistant: chosen.id });
  }, [store, model, settings, chosen.id]);
  useChatKeys(thread.turns);
  useEffect(() => () => store.forget(), [store]);
  useWarning(thread.turns.length > 0);
  const composing = (
    <Composer handle={composer} person="" conversation="" busy={thread.busy} queues={false} onSend={store.send} onStop={store.stop} onEditLast={() => setEditing(thread.turns.findLast((turn) => turn.role === "user")?.key ?? null)} />
  );
  return (
    <>
      <p role="note" className="mx-auto flex w-full max-w-3xl items-center gap-2.5 px-4 sm:px-6">
        <span className="flex w-full items-center gap-2.5 rounded-xl bg-accent-soft px-3.5 py-2.5 text-sm text-accent">
          <Ghost size={18} className="shrink-0" aria-hidden />
          {said.temporary.banner}
        </span>
      </p>
      {thread.turns.length === 0 ? (
        <Welcome composer={composer} chosen={chosen} starters={false}>
          {composing}
        </Welcome>
      ) : (
        <>
          <ThreadView thread={thread} actions={store.actions} onOlder={() => undefined} editing={editing} onEditing={setEditing} />
          <ChatFoot note={said.composer.note}>{composing}</ChatFoot>
        </>
      )}
    </>
  );
}

/** The browser asks before what can't be had back is left. */
function useWarning(wanted: boolean): void {
  useEffect(() => {
    if (!wanted) return;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [wanted]);
}
