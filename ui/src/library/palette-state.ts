import { useSyncExternalStore } from "react";

/** What stands over the page: the palette (Ctrl+K), the list of shortcuts, or the export of everything. */
type Over = "palette" | "shortcuts" | "export" | null;

const listeners = new Set<() => void>();
let over: Over = null;

function show(next: Over): void {
  over = next;
  for (const listener of listeners) listener();
}

export const openPalette = (): void => show("palette");
export const openShortcutHelp = (): void => show("shortcuts");
export const openExport = (): void => show("export");
export const closeOver = (): void => show(null);

export function useOver(): Over {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => over,
  );
}
