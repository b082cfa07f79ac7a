import { useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import type { Turn } from "@/chat/types";

/** What it takes to come to an item: what is drawn of the conversation, and the ways to more of it. */
export interface Ground {
  status: "loading" | "ready" | "failed" | "missing";
  turns: readonly Turn[];
  older: "none" | "more" | "loading" | "failed";
}

export interface Ways {
  /** Reads what came before. */
  older: () => void;
  /** Shows the version of the conversation that goes through an item. */
  choose: (item: string) => void;
}

type Step = { do: "wait" } | { do: "older" } | { do: "choose" } | { do: "give-up" } | { do: "show"; turn: Turn };

/** Where an item is drawn, if it is. */
export function turnOf(item: string, turns: readonly Turn[]): Turn | undefined {
  return turns.find((turn) => turn.id === item || (turn.role === "answer" && (turn.lastItemId === item || turn.parts.some((part) => part.id.startsWith(item)))));
}

/** The next step to an item: it may lie further up, or in another version of the conversation. */
export function stepTo(item: string, { status, turns, older }: Ground, chosen: boolean): Step {
  if (status === "loading" || older === "loading") return { do: "wait" };
  const turn = turnOf(item, turns);
  if (turn !== undefined) return { do: "show", turn };
  if (status !== "ready" || older === "failed") return { do: "give-up" };
  if (older === "more") return { do: "older" };
  return chosen ? { do: "give-up" } : { do: "choose" };
}

const PATIENCE = 8_000;

/** Comes to the message that the address names (/chat/conv_…#msg_…), once, and shows which one it is. */
export function useJump(ground: Ground, ways: Ways): void {
  const item = useRouterState({ select: (state) => state.location.hash });
  const aim = useRef<{ item: string; chosen: number | null; done: boolean }>({ item: "", chosen: null, done: true });
  useEffect(() => {
    if (aim.current.item !== item) aim.current = { item, chosen: null, done: item === "" };
    const now = aim.current;
    if (now.done) return;
    const step = stepTo(item, ground, now.chosen !== null);
    if (step.do === "older") ways.older();
    else if (step.do === "choose") {
      now.chosen = Date.now();
      ways.choose(item);
    } else if (step.do === "show") {
      now.done = true;
      requestAnimationFrame(() => show(step.turn));
    } else if (step.do === "give-up" && (now.chosen === null || Date.now() - now.chosen > PATIENCE)) now.done = true;
  });
}

/** Twice: what lies above takes its real height only once it is seen. */
function show(turn: Turn): void {
  const element = document.getElementById(`turn-${turn.id}`);
  if (element === null) return;
  element.tabIndex = -1;
  // Not out of a window that was opened meanwhile.
  if (document.activeElement?.closest("[role=dialog]") == null) element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "center" });
  setTimeout(() => {
    element.scrollIntoView({ block: "center" });
    element.animate([{ backgroundColor: "var(--accent-soft)" }, { backgroundColor: "transparent" }], { duration: 2_400, easing: "ease-in" });
  }, 150);
}
