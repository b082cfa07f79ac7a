import { useEffect, useId, useRef, useSyncExternalStore } from "react";
import { remember, remembered } from "@/app/browser";
import { isAllowed, isPressed } from "@/library/shortcut-keys";

export interface ShortcutOptions {
  /** What it does, as the list of shortcuts says it. */
  label: string;
  /** Its name in what this browser keeps; the first keys, if none is given. */
  id?: string;
}

export interface Shortcut {
  id: string;
  label: string;
  /** The keys that it came with. */
  original: string;
  /** The keys that it has here; null: switched off. */
  keys: string | null;
}

interface Entry {
  id: string;
  label: string;
  original: string;
  /** The places where it can be run now, the last one first. */
  runs: { by: string; run: () => void }[];
}

const KEY = "prosa.shortcuts";
const entries = new Map<string, Entry>();
const listeners = new Set<() => void>();
let bindings = read(remembered(KEY));
let listed: readonly Shortcut[] = [];
let listening = false;

function read(text: string | null): Record<string, string | null> {
  try {
    const kept = JSON.parse(text ?? "{}") as Record<string, unknown>;
    return Object.fromEntries(Object.entries(kept).filter((each): each is [string, string | null] => each[1] === null || (typeof each[1] === "string" && isAllowed(each[1]))));
  } catch {
    return {};
  }
}

function told(): void {
  listed = [...entries.values()].map(({ id, label, original }) => ({ id, label, original, keys: keysOf(id, original) }));
  for (const listener of listeners) listener();
}

function keysOf(id: string, original: string): string | null {
  return Object.hasOwn(bindings, id) ? (bindings[id] ?? null) : original;
}

function keep(next: Record<string, string | null>): void {
  bindings = next;
  remember(KEY, Object.keys(next).length === 0 ? null : JSON.stringify(next));
  told();
}

/** Other keys for a shortcut; null switches it off, its original ones forget the choice. */
export function rebind(id: string, keys: string | null): void {
  const { [id]: _, ...others } = bindings;
  keep(entries.get(id)?.original === keys ? others : { ...others, [id]: keys });
}

export function resetShortcuts(): void {
  keep({});
}

/** Every shortcut that was met since the page was loaded. */
export function useShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(subscribe, () => listed);
}

/** The keys that a shortcut has here, for hints; null where it is off or unknown. */
export function useKeys(id: string): string | null {
  return useShortcuts().find((each) => each.id === id)?.keys ?? null;
}

/** Does what a shortcut does, where it can be done now. */
export function runShortcut(id: string): boolean {
  const last = entries.get(id)?.runs.at(-1);
  last?.run();
  return last !== undefined;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  for (const entry of entries.values()) {
    const keys = keysOf(entry.id, entry.original);
    const last = entry.runs.at(-1);
    if (keys === null || last === undefined || !isPressed(keys, event)) continue;
    event.preventDefault();
    last.run();
    return;
  }
}

function listen(): void {
  if (listening) return;
  listening = true;
  window.addEventListener("keydown", onKeyDown);
  window.addEventListener("storage", (event) => {
    if (event.key !== KEY) return;
    bindings = read(event.newValue);
    told();
  });
}

/** Runs something by keys such as "mod+shift+o" while this is shown; people can change them, and switch them off. */
export function useShortcut(keys: string, run: () => void, { label, id = keys }: ShortcutOptions): void {
  const by = useId();
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    listen();
    const entry = entries.get(id) ?? { id, label, original: keys, runs: [] };
    entries.set(id, { ...entry, label, runs: [...entry.runs, { by, run: () => latest.current() }] });
    told();
    return () => {
      const now = entries.get(id);
      if (now !== undefined) entries.set(id, { ...now, runs: now.runs.filter((each) => each.by !== by) });
    };
  }, [id, keys, label, by]);
}
