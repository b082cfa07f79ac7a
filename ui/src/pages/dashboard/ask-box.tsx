import { useRouter } from "@tanstack/react-router";
import { ArrowUp } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useState } from "react";
import { useWords } from "@/i18n/pages";

declare module "@tanstack/history" {
  interface HistoryState {
    /** A question that was written elsewhere, for a new chat. It is in no address: nothing of it gets into a log. */
    ask?: string;
  }
}

/** A question here is the first one of a new chat. */
export function AskBox() {
  const words = useWords().dashboard.ask;
  const router = useRouter();
  const [text, setText] = useState("");

  function send(event: FormEvent | KeyboardEvent): void {
    event.preventDefault();
    const ask = text.trim();
    if (ask === "") return;
    void router.navigate({ to: "/chat", state: (old) => ({ ...old, ask }) });
  }

  function onKeyDown(event: KeyboardEvent): void {
    const line = event.shiftKey || event.nativeEvent.isComposing || window.matchMedia("(pointer: coarse)").matches;
    if (event.key === "Enter" && !line) send(event);
  }

  return (
    <form onSubmit={send} className="flex items-end gap-2 rounded-2xl border border-edge/60 bg-surface p-2 pl-4 focus-within:border-accent">
      <textarea
        rows={1}
        value={text}
        aria-label={words.label}
        placeholder={words.placeholder}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        className="field-sizing-content max-h-48 min-h-10 min-w-0 flex-1 resize-none bg-transparent py-2 leading-6 outline-none placeholder:text-muted"
      />
      <button
        type="submit"
        aria-label={words.send}
        title={words.send}
        disabled={text.trim() === ""}
        className="inline-flex size-10 shrink-0 items-center justify-center rounded-xl bg-accent text-on-accent transition-colors hover:bg-accent-hover disabled:bg-hover disabled:text-muted"
      >
        <ArrowUp size={20} aria-hidden />
      </button>
    </form>
  );
}
