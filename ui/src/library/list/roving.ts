import { createContext, type KeyboardEvent, useCallback, useContext, useSyncExternalStore } from "react";

/** Which row of the list Tab comes to; the arrows go on from there. Rows ask for themselves, so that two are drawn anew, not all. */
export class Roving {
  private stop: string | null = null;
  private readonly listeners = new Set<() => void>();

  get at(): string | null {
    return this.stop;
  }

  moveTo(row: string | null): void {
    if (row === this.stop) return;
    this.stop = row;
    for (const listener of this.listeners) listener();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

export const RovingContext = createContext(new Roving());

export function useRoving(): Roving {
  return useContext(RovingContext);
}

/** Whether Tab comes to one of these rows. */
export function useIsStop(isIt: (row: string | null) => boolean): boolean {
  const roving = useRoving();
  const look = useCallback(() => isIt(roving.at), [roving, isIt]);
  return useSyncExternalStore(roving.subscribe, look);
}

export const ROW = "[data-row]";

function rowsOf(list: Element): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>(ROW)];
}

/** Up, Down, Home and End among the rows that are drawn: what a row does with keys that it doesn't know itself. */
export function walk(event: KeyboardEvent<HTMLElement>): void {
  const list = event.currentTarget.closest("[data-rows]");
  if (list === null || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = rowsOf(list);
  const at = rows.indexOf(event.currentTarget);
  const aims: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 };
  const aim = aims[event.key];
  if (aim === undefined) return;
  event.preventDefault();
  rows[Math.max(0, Math.min(rows.length - 1, aim))]?.focus();
}

/** Puts the focus on the row after (or before) one that is about to go. */
export function leaveRow(row: HTMLElement): void {
  const list = row.closest("[data-rows]");
  if (list === null) return;
  const rows = rowsOf(list);
  const at = rows.indexOf(row);
  (rows[at + 1] ?? rows[at - 1])?.focus();
}
