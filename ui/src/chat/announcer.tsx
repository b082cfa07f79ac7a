import { useEffect, useRef, useState } from "react";
import type { Thread } from "@/chat/thread";
import { useWords } from "@/i18n";

const REMINDER = 8_000;

/** Tells those who hear the page how the answer stands; never its words, which they read when they want to. */
export function Announcer({ thread }: { thread: Thread }) {
  const words = useWords().chat.thread;
  const [said, setSaid] = useState("");
  const was = useRef(false);
  const { busy } = thread;
  const last = thread.turns.findLast((turn) => turn.role === "answer");
  const state = last?.role === "answer" ? last.state : "completed";
  const asks = last?.role === "answer" && last.parts.some((part) => part.kind === "approval" && part.decision === "asking");

  const waits = state === "waiting";

  useEffect(() => {
    if (busy && waits) {
      was.current = true;
      setSaid(words.waits);
      return undefined;
    }
    if (busy) {
      was.current = true;
      setSaid(words.generating);
      // The same words twice are said once: an invisible space makes them new.
      let count = 0;
      const timer = setInterval(() => {
        count += 1;
        setSaid(words.still + (count % 2 === 0 ? "\u00a0" : ""));
      }, REMINDER);
      return () => clearInterval(timer);
    }
    if (was.current) setSaid(state === "failed" ? words.failed : state === "cancelled" || state === "incomplete" ? words.stopped : asks ? words.asks : words.finished);
    was.current = false;
    return undefined;
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the state counts at the moment when it ends
  }, [busy, waits, words]);

  return (
    <div role="status" className="sr-only" data-announcer>
      {said}
    </div>
  );
}
