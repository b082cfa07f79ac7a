import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { explain } from "@/api/errors";
import type { TurnActions, UserTurn } from "@/chat/types";
import { useWords } from "@/i18n";
import { Button } from "@/ui";

interface EditProps {
  turn: UserTurn;
  edit: TurnActions["edit"];
  onClose: () => void;
}

/** As high as its text, also where the browser can't do that by itself. */
function fit(area: HTMLTextAreaElement): void {
  if (CSS.supports("field-sizing", "content")) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
}

/** A question written anew in its place; its files stay with it. */
export function Edit({ turn, edit, onClose }: EditProps) {
  const words = useWords();
  const [text, setText] = useState(turn.text);
  const [busy, setBusy] = useState<"ask" | "save" | null>(null);
  const [error, setError] = useState<string | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const hint = useId();
  const empty = text.trim() === "" && turn.attachments.length === 0;

  useEffect(() => {
    const element = area.current;
    if (element === null) return;
    fit(element);
    element.focus();
    element.setSelectionRange(element.value.length, element.value.length);
  }, []);

  async function send(how: "ask" | "save"): Promise<void> {
    if (empty || busy !== null || edit === undefined) return;
    setBusy(how);
    setError(null);
    try {
      await edit(turn, text, how);
      onClose();
    } catch (failure) {
      setError(explain(failure, words));
      setBusy(null);
    }
  }

  function onKey(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void send("ask");
    }
  }

  return (
    <div className="w-full rounded-2xl border border-line bg-bubble p-3">
      <textarea
        ref={area}
        aria-label={words.message.editLabel}
        value={text}
        dir="auto"
        rows={2}
        disabled={busy !== null}
        onKeyDown={onKey}
        onChange={(event) => {
          setText(event.target.value);
          fit(event.target);
        }}
        className="field-sizing-content max-h-96 w-full resize-none rounded-md bg-transparent px-1 leading-6 outline-none"
      />
      {error !== null && (
        <p role="alert" className="px-1 text-sm text-danger">
          {error}
        </p>
      )}
      <div className="mt-2 flex flex-wrap items-center justify-end gap-2">
        <span id={hint} className="sr-only">
          {words.message.editSaveHint}
        </span>
        <Button kind="quiet" onClick={onClose}>
          {words.common.cancel}
        </Button>
        <Button busy={busy === "save"} disabled={empty || text === turn.text} title={words.message.editSaveHint} aria-describedby={hint} onClick={() => void send("save")}>
          {words.message.editSave}
        </Button>
        <Button kind="primary" busy={busy === "ask"} disabled={empty} onClick={() => void send("ask")}>
          {words.message.editAsk}
        </Button>
      </div>
    </div>
  );
}
