import { CornerDownLeft, Inbox, Square } from "lucide-react";
import { type FormEvent, useEffect, useState, useSyncExternalStore } from "react";
import { lastModel, useModels } from "@/chat/models";
import { TurnView } from "@/chat/message";
import { TemporaryStore } from "@/chat/temporary";
import { useWords } from "@/i18n/knowledge";
import { Hits } from "@/knowledge/hits";
import { nameOf } from "@/knowledge/names";
import type { Store } from "@/knowledge/stores";
import { Button, EmptyState, Spinner, TextInput } from "@/ui";

/** A question to one base: what a model answers from it, and beside that what the search itself finds. */
export function AskStore({ store }: { store: Store }) {
  const words = useWords().knowledge;
  const [asked, setAsked] = useState<{ text: string; number: number } | null>(null);
  if (store.file_counts.completed === 0) {
    return (
      <EmptyState icon={<Inbox aria-hidden />} title={words.ask.nothing}>
        {words.ask.nothingText}
      </EmptyState>
    );
  }
  return (
    <section aria-label={words.ask.title}>
      <Question asked={asked === null ? null : asked.text} onAsk={(text) => setAsked((before) => ({ text, number: (before?.number ?? 0) + 1 }))} />
      {asked !== null && (
        <div key={asked.number} className="grid gap-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
          <Answered store={store} text={asked.text} />
          <Hits storeId={store.id} query={asked.text} />
        </div>
      )}
    </section>
  );
}

function Question({ asked, onAsk }: { asked: string | null; onAsk: (text: string) => void }) {
  const words = useWords().knowledge.ask;
  const [text, setText] = useState("");
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (text.trim() !== "") onAsk(text.trim());
  }
  return (
    <form onSubmit={submit} className="mb-8">
      <div className="flex gap-2 max-sm:flex-col">
        <TextInput aria-label={words.label} placeholder={words.placeholder} value={text} maxLength={4_000} className="h-11" onChange={(event) => setText(event.target.value)} />
        <Button kind="primary" type="submit" className="min-h-11" disabled={text.trim() === ""} icon={<CornerDownLeft size={16} aria-hidden />}>
          {words.submit}
        </Button>
      </div>
      <p className="mt-2 text-sm text-muted">{words.note}</p>
      {asked === null && (
        <p className="mt-5 flex flex-wrap items-center gap-2 text-sm">
          <span className="text-muted">{words.examples}</span>
          {words.example.map((example) => (
            <button
              key={example}
              type="button"
              className="min-h-8 rounded-full border border-line bg-surface px-3 py-1 text-left hover:bg-hover"
              onClick={() => {
                setText(example);
                onAsk(example);
              }}
            >
              {example}
            </button>
          ))}
        </p>
      )}
    </form>
  );
}

/** Nothing of it is kept: who leaves ends it. */
function Answered({ store, text }: { store: Store; text: string }) {
  const words = useWords().knowledge;
  const models = useModels();
  const [temporary] = useState(() => new TemporaryStore());
  const thread = useSyncExternalStore(temporary.subscribe, temporary.snapshot);
  const answer = thread.turns.findLast((turn) => turn.role === "answer");
  const ready = !models.isPending;
  const chosen = { id: store.id, name: nameOf(store, words.unnamed) };
  useEffect(() => {
    if (!ready) return;
    temporary.wishes({ model: lastModel(models.data), instructions: null, temperature: null, assistant: null });
    temporary.send({ text, attachments: [], stores: [chosen] });
    return () => temporary.forget();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the question is asked once: another one is another component
  }, [ready]);
  return (
    <section aria-label={words.ask.answer} className="min-w-0">
      <h2 className="mb-2 flex min-h-9 items-center justify-between gap-2 text-base font-semibold">
        {words.ask.answer}
        {thread.busy && (
          <Button kind="quiet" icon={<Square size={14} aria-hidden />} onClick={temporary.stop}>
            {words.ask.stop}
          </Button>
        )}
      </h2>
      {answer === undefined ? <Spinner /> : <TurnView turn={answer} actions={{}} last />}
    </section>
  );
}
