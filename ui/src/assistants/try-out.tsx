import { ArrowUp, RotateCcw, Square } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useRef, useState } from "react";
import type { Assistant } from "@/assistants/data";
import type { AssistantDraft } from "@/assistants/draft";
import { useTrial } from "@/assistants/use-trial";
import { ThreadView } from "@/chat/thread-view";
import { useWords } from "@/i18n/assistants";
import { plain } from "@/md/visible";
import { IconButton } from "@/ui";

interface TryOutProps {
  draft: AssistantDraft;
  base: Assistant | null;
  /** Shows in the form what is wrong in it. */
  onWrong: () => void;
}

/** A little chat with the assistant as it stands on the screen. Nothing of it is kept. */
export function TryOut({ draft, base, onWrong }: TryOutProps) {
  const words = useWords().assistants.tryOut;
  const trial = useTrial({ draft, base, onWrong });
  const [editing, setEditing] = useState<string | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const { thread } = trial;
  const empty = thread.turns.length === 0;
  const note = trial.wrong ? words.fix : trial.changed ? words.changed : null;
  return (
    <section aria-label={words.title} className="flex h-[min(42rem,calc(100dvh-20rem))] min-h-96 flex-col overflow-hidden rounded-xl border border-line bg-surface @4xl:h-[calc(100dvh-10.5rem)] @4xl:max-h-[54rem]">
      <header className="flex items-start justify-between gap-3 border-b border-line px-4 py-3">
        <div className="min-w-0">
          <h2 className="text-base font-semibold">{words.title}</h2>
          <p className="text-sm text-muted">{words.text}</p>
        </div>
        {!empty && (
          <IconButton
            label={words.again}
            onClick={() => {
              trial.again();
              field.current?.focus();
            }}
          >
            <RotateCcw size={17} aria-hidden />
          </IconButton>
        )}
      </header>
      {empty ? (
        <Beginning draft={draft} onPick={trial.send} />
      ) : (
        <ThreadView thread={thread} actions={trial.actions} onOlder={() => undefined} editing={editing} onEditing={setEditing} />
      )}
      <footer className="flex flex-col gap-2 border-t border-line p-3">
        <p role="status" className={`text-sm empty:hidden ${trial.wrong ? "text-danger" : "text-muted"}`}>
          {note}
        </p>
        <Ask field={field} busy={thread.busy} onSend={trial.send} onStop={trial.stop} />
      </footer>
    </section>
  );
}

/** Before anything was asked: what it could be. */
function Beginning({ draft, onPick }: { draft: AssistantDraft; onPick: (text: string) => boolean }) {
  const words = useWords().assistants;
  const starters = draft.starters.filter(({ text }) => text.trim() !== "");
  return (
    <div className="flex min-h-0 flex-1 flex-col items-center justify-center gap-4 overflow-y-auto p-4 text-center">
      <p className="max-w-64 text-sm text-muted">{words.tryOut.begin}</p>
      {starters.length > 0 && (
        <ul aria-label={words.form.starters} className="flex flex-wrap justify-center gap-2">
          {starters.map(({ key, text }) => (
            <li key={key} className="max-w-full">
              <button type="button" onClick={() => onPick(text.trim())} className="min-h-9 max-w-full truncate rounded-full border border-line px-3.5 text-sm text-muted transition-colors hover:bg-hover hover:text-ink">
                {plain(text.trim())}
              </button>
            </li>
          ))}
        </ul>
      )}
      {draft.functions.length > 0 && <p className="max-w-72 text-sm text-muted">{words.tryOut.functions}</p>}
    </div>
  );
}

interface AskProps {
  field: React.RefObject<HTMLTextAreaElement | null>;
  busy: boolean;
  /** False: it can't be asked now, and stays in the field. */
  onSend: (text: string) => boolean;
  onStop: () => void;
}

function Ask({ field, busy, onSend, onStop }: AskProps) {
  const words = useWords().assistants.tryOut;
  const [text, setText] = useState("");

  function send(): void {
    if (!busy && text.trim() !== "" && onSend(text.trim())) setText("");
    field.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape" && busy) onStop();
    const touch = window.matchMedia("(hover: none) and (pointer: coarse)").matches;
    if (event.key !== "Enter" || event.shiftKey || event.altKey || touch) return;
    event.preventDefault();
    send();
  }

  const look = "grid size-9 shrink-0 place-items-center rounded-full transition-colors";
  return (
    <form
      className="flex items-end gap-2 rounded-2xl border border-edge/50 bg-surface py-1 pr-1 pl-3 focus-within:border-edge"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={field}
        rows={1}
        dir="auto"
        value={text}
        aria-label={words.field}
        placeholder={words.placeholder}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        className="block field-sizing-content max-h-40 min-h-9 w-full min-w-0 flex-1 resize-none bg-transparent py-1.5 text-base leading-6 outline-none placeholder:text-muted sm:text-sm"
      />
      {busy ? (
        <button type="button" aria-label={words.stop} title={words.stop} onClick={onStop} className={`${look} border border-line text-ink hover:bg-hover`}>
          <Square size={14} fill="currentColor" aria-hidden />
        </button>
      ) : (
        <button type="submit" aria-label={words.send} title={words.send} aria-disabled={text.trim() === "" || undefined} className={`${look} bg-accent text-on-accent hover:bg-accent-hover aria-disabled:bg-hover aria-disabled:text-muted`}>
          <ArrowUp size={19} aria-hidden />
        </button>
      )}
    </form>
  );
}
