import { useSyncExternalStore } from "react";

/** What stands over the page: the palette (Ctrl+K), the list of shortcuts, or the export of everything. */
type Over = "palette" | "shortcuts" | "export" | null;

const listeners = new Set<() => void>();
let over: Over = null;

function show(next: Over): void {
  over = next;
  for (const listener of listeners) listener();
}

// Whoever types on at once means the palette, and not what has the focus until it is drawn.
let early = "";

function hear(event: KeyboardEvent): void {
  if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  early += event.key;
}

/** What was typed since the palette was asked for; from now on its field hears for itself. */
export function takeEarly(): string {
  window.removeEventListener("keydown", hear, true);
  const typed = early;
  early = "";
  return typed;
}

export function openPalette(): void {
  if (over === "palette") return;
  takeEarly();
  window.addEventListener("keydown", hear, true);
  show("palette");
}

export const openShortcutHelp = (): void => show("shortcuts");
export const openExport = (): void => show("export");
export function closeOver(): void {
  takeEarly();
  show(null);
}

export function useOver(): Over {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => over,
  );
}
