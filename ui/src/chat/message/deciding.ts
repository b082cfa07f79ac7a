import { createContext, useState } from "react";
import type { Approvals } from "@/chat/approvals";
import type { AnswerTurn, TurnActions } from "@/chat/types";

/** What a person is about to say to what asks for their permission. Several ask together: the answer goes on when all are decided. */
export interface Deciding {
  chosen: Approvals;
  /** How many are still to be decided. */
  left: number;
  busy: boolean;
  choose: (id: string, approve: boolean | null) => void;
}

/** Null: it can't be decided here. */
export const DecidingContext = createContext<Deciding | null>(null);

const NONE: Approvals = new Map();

export function useDeciding(turn: AnswerTurn, decide: TurnActions["decide"]): Deciding | null {
  const [chosen, setChosen] = useState(NONE);
  const [busy, setBusy] = useState(false);
  const asking = turn.parts.flatMap((part) => (part.kind === "approval" && part.decision === "asking" ? [part.id] : []));
  if (decide === undefined || asking.length === 0) return null;

  function choose(id: string, approve: boolean | null): void {
    const next = new Map([...chosen].filter(([each]) => each !== id && asking.includes(each)));
    if (approve !== null) next.set(id, approve);
    setChosen(next);
    if (busy || next.size < asking.length) return;
    setBusy(true);
    void decide?.(turn, next).finally(() => {
      setBusy(false);
      setChosen(NONE);
    });
  }

  return { chosen, left: asking.filter((id) => !chosen.has(id)).length, busy, choose };
}
