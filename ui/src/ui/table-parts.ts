import { type ReactNode, type RefCallback, useCallback, useState } from "react";
import type { MenuItem } from "@/ui/menu";

/** One fact about each row. */
export interface Column<T> {
  key: string;
  header: string;
  cell: (row: T) => ReactNode;
  /** The fact that names the row: its heading, also of its card. */
  title?: boolean;
  /** Numbers stand at the end of their column. */
  end?: boolean;
  /** Only where the table is at least so many pixels wide; cards show it always. */
  from?: number;
  /** What it is sorted by; only for lists that are loaded whole. */
  sort?: (row: T) => string | number;
}

export interface Order {
  key: string;
  down: boolean;
}

export interface Selection {
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
}

export interface TableProps<T> {
  /** What it is a list of: its name for those who can't see it. */
  label: string;
  columns: readonly Column<T>[];
  /** undefined: they are still being loaded. */
  rows: readonly T[] | undefined;
  rowKey: (row: T) => string;
  /** A row's name for people: its menu and its checkbox are called by it. */
  rowName: (row: T) => string;
  error?: unknown;
  onRetry?: () => void;
  /** What stands there when there are no rows. */
  empty: ReactNode;
  actions?: (row: T) => readonly MenuItem[];
  selection?: Selection;
  /** Shown while some are chosen. */
  chosenActions?: ReactNode;
  /** There are more than these: loads them. */
  more?: { load: () => void; busy: boolean } | undefined;
  order?: Order;
  /** Cards take its place where it is narrower than this, in pixels; 0: never. */
  cardsBelow?: number;
  /** A long list in a box of its own that scrolls, its head staying in sight. */
  boxed?: boolean;
}

/** The rows in the order that a person chose; equal ones stay as they were. */
export function ordered<T>(rows: readonly T[], columns: readonly Column<T>[], order: Order | null): readonly T[] {
  const by = order === null ? undefined : columns.find((column) => column.key === order.key)?.sort;
  if (by === undefined || order === null) return rows;
  const sign = order.down ? -1 : 1;
  return rows.toSorted((first, second) => sign * compared(by(first), by(second)));
}

function compared(first: string | number, second: string | number): number {
  if (typeof first === "number" && typeof second === "number") return first - second;
  return String(first).localeCompare(String(second), undefined, { numeric: true, sensitivity: "base" });
}

/** The width of an element, before it is painted for the first time and whenever it changes; null: not known. */
export function useWidthOf(): [RefCallback<HTMLElement>, number | null] {
  const [width, setWidth] = useState<number | null>(null);
  const place = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined;
    const look = () => {
      const now = element.getBoundingClientRect().width;
      if (now > 0) setWidth(now);
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [place, width];
}
