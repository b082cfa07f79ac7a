import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import type { Assistant } from "@/assistants/data";
import type { AssistantDraft } from "@/assistants/draft";
import { type Problems, problemsOf } from "@/assistants/problems";
import { wishOf } from "@/assistants/wish";
import { TemporaryStore } from "@/chat/temporary";
import type { TurnActions } from "@/chat/types";
import { useWords } from "@/i18n/assistants";

interface TrialWishes {
  draft: AssistantDraft;
  base: Assistant | null;
  /** Shows in the form what is wrong in it. */
  onWrong: () => void;
}

/** A chat with what is on the screen, round after round. */
export function useTrial({ draft, base, onWrong }: TrialWishes) {
  const words = useWords();
  const [round, setRound] = useState(() => ({ store: new TemporaryStore() }));
  const { store } = round;
  const thread = useSyncExternalStore(store.subscribe, store.snapshot);
  const [asked, setAsked] = useState("");
  const [refused, setRefused] = useState("");
  const wish = useMemo(() => wishOf(draft, base), [draft, base]);
  const said = useMemo(() => JSON.stringify(wish), [wish]);
  useEffect(() => () => store.forget(), [store]);

  /** Whether it can be asked as it is now; from then on it is asked so. */
  function prepare(): boolean {
    const fine = Object.keys(lasting(problemsOf(draft, words))).length === 0;
    setRefused(fine ? "" : said);
    if (!fine) {
      onWrong();
      return false;
    }
    store.wishes(wish);
    setAsked(said);
    return true;
  }

  const newest = useRef(prepare);
  useEffect(() => {
    newest.current = prepare;
  });
  const actions = useMemo((): TurnActions => {
    const { regenerate, edit } = store.actions;
    return {
      ...store.actions,
      regenerate: (turn) => newest.current() && regenerate?.(turn),
      edit: async (turn, text, how) => {
        if (newest.current()) await edit?.(turn, text, how);
      },
    };
  }, [store]);

  return {
    thread,
    actions,
    /** It can't be asked as it is. */
    wrong: refused === said,
    /** Something else is on the screen than what answered last. */
    changed: thread.turns.length > 0 && asked !== said,
    send: (text: string): boolean => {
      if (thread.busy || !prepare()) return false;
      store.send({ text, attachments: [] });
      return true;
    },
    stop: store.stop,
    again: () => setRound({ store: new TemporaryStore() }),
  };
}

/** What has no name yet can be asked all the same. */
function lasting({ name: _name, ...others }: Problems): Problems {
  return others;
}
