import { useSyncExternalStore } from "react";
import type { Conversation } from "@/api";
import { remember, remembered } from "@/app/browser";

// Which answers this browser saw under way, and which of them ended while nobody looked. Ids only; kept from day to day.
const KEY = "prosa.unread";
const MOST = 200;

interface Kept {
  answering: readonly string[];
  unread: readonly string[];
}

const NOTHING: Kept = { answering: [], unread: [] };
const listeners = new Set<() => void>();
let state = read(remembered(KEY));
let looking: string | null = null;

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string").slice(-MOST) : [];
}

function read(text: string | null): Kept {
  if (text === null) return NOTHING;
  try {
    const kept = JSON.parse(text) as Partial<Record<keyof Kept, unknown>> | null;
    return { answering: texts(kept?.answering), unread: texts(kept?.unread) };
  } catch {
    return NOTHING;
  }
}

function become(next: Kept): void {
  state = next;
  remember(KEY, next.answering.length + next.unread.length === 0 ? null : JSON.stringify(next));
  for (const listener of listeners) listener();
}

window.addEventListener("storage", (event) => {
  if (event.key !== KEY) return;
  state = read(event.newValue);
  for (const listener of listeners) listener();
});

/** What the lists say about answers: one that was under way and isn't any more has ended unseen, unless it is open here. */
export function noteAnswers(conversations: readonly Conversation[]): void {
  const answering = new Set(state.answering);
  const unread = new Set(state.unread);
  for (const each of conversations) {
    if (each.answering) answering.add(each.id);
    else if (answering.delete(each.id) && !(each.id === looking && document.visibilityState === "visible")) unread.add(each.id);
  }
  if (answering.size !== state.answering.length || unread.size !== state.unread.length) {
    become({ answering: [...answering].slice(-MOST), unread: [...unread].slice(-MOST) });
  }
}

/** The conversation that is open on this page, or none. */
export function lookAt(id: string | null): void {
  looking = id;
  if (id !== null && state.unread.includes(id)) become({ ...state, unread: state.unread.filter((each) => each !== id) });
}

export function useUnread(id: string): boolean {
  return useSyncExternalStore(subscribe, () => state.unread.includes(id));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
