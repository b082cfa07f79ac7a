import { type KeyboardEvent, lazy, Suspense, useEffect, useId, useRef, useState } from "react";
import { explain } from "@/api/errors";
import type { TurnActions, UserTurn, Wish } from "@/chat/types";
import { useWords } from "@/i18n";
import { Button } from "@/ui";

const ComposerWishes = lazy(() => import("@/chat/composer-wishes").then((module) => ({ default: module.ComposerWishes })));

interface EditProps {
  turn: UserTurn;
  actions: TurnActions;
  onClose: () => void;
}

/** As high as its text, also where the browser can't do that by itself. */
function fit(area: HTMLTextAreaElement): void {
  if (CSS.supports("field-sizing", "content")) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
}

/** What the question was asked with; null until that is known, and for as long as it can't be. */
function useWish(turn: UserTurn, { wished }: TurnActions) {
  const [wish, setWish] = useState<Wish | null>(null);
  useEffect(() => {
    // What isn't found now is looked for once more when it is asked.
    wished?.(turn).then((found) => setWish((now) => now ?? found), () => undefined);
  }, [turn, wished]);
  return { wish, change: (how: (now: Wish) => Wish): void => setWish((now) => now && how(now)) };
}

/** A question written anew in its place; its files, and what it was asked with, stay with it. */
export function Edit({ turn, actions, onClose }: EditProps) {
  const words = useWords();
  const { edit } = actions;
  const { wish, change } = useWish(turn, actions);
  const [text, setText] = useState(turn.text);
  const [busy, setBusy] = useState<"ask" | "save" | null>(null);
  const [error, setError] = useState<string | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
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
    const more: [Wish?] = wish === null ? [] : [wish];
    try {
      await edit(turn, text, how, ...more);
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
      {wish !== null && (wish.assistant !== null || wish.stores.length > 0) && (
        <div className="-mx-2 -mt-2 mb-2">
          <Suspense fallback={null}>
            <ComposerWishes wish={wish} setWish={change} />
          </Suspense>
        </div>
      )}
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
      <Deeds busy={busy} empty={empty} same={text === turn.text} onSend={(how) => void send(how)} onClose={onClose} />
    </div>
  );
}

interface DeedsProps {
  busy: "ask" | "save" | null;
  empty: boolean;
  same: boolean;
  onSend: (how: "ask" | "save") => void;
  onClose: () => void;
}

function Deeds({ busy, empty, same, onSend, onClose }: DeedsProps) {
  const words = useWords();
  const hint = useId();
  return (
    <div className="mt-2 flex flex-wrap items-center justify-end gap-2">
      <span id={hint} className="sr-only">
        {words.message.editSaveHint}
      </span>
      <Button kind="quiet" onClick={onClose}>
        {words.common.cancel}
      </Button>
      <Button busy={busy === "save"} disabled={empty || same} title={words.message.editSaveHint} aria-describedby={hint} onClick={() => onSend("save")}>
        {words.message.editSave}
      </Button>
      <Button kind="primary" busy={busy === "ask"} disabled={empty} onClick={() => onSend("ask")}>
        {words.message.editAsk}
      </Button>
    </div>
  );
}
