// The chosen path of a conversation, oldest first, as far as it was read; and how pages of it fit together.
import type { Item } from "@/chat/api";

export interface Path {
  items: readonly Item[];
  /** Of the page before; null: the beginning is here. */
  cursor: string | null;
}

export const EMPTY: Path = { items: [], cursor: null };

/** The path after its newest page (newest first) was read again. What was read before it stays where it is the same path. */
export function renewed(old: Path, page: readonly Item[], cursor: string | null): Path {
  const known = new Map(old.items.map((item) => [item.id, item]));
  const fresh = page.map((item) => same(known.get(item.id), item)).reverse();
  const first = fresh[0];
  if (cursor === null || first === undefined) return { items: kept(old.items, fresh), cursor: null };
  const place = old.items.findIndex((item) => item.id === first.id);
  if (place < 0) return { items: fresh, cursor };
  return { items: kept(old.items, [...old.items.slice(0, place), ...fresh]), cursor: place === 0 ? cursor : old.cursor };
}

/** The path with an older page (newest first) before it; null where that page belongs to another path. */
export function extended(old: Path, page: readonly Item[], cursor: string | null): Path | null {
  const oldest = old.items[0];
  const newest = page[0];
  if (newest !== undefined && oldest !== undefined && oldest.parent_id !== newest.id) return null;
  return { items: [...[...page].reverse(), ...old.items], cursor };
}

/** An item that didn't change stays the same object: what was made of it needn't be made again. */
function same(before: Item | undefined, now: Item): Item {
  if (before === undefined || before.run_id !== now.run_id || before.parent_id !== now.parent_id) return now;
  const versions = before.versions.length === now.versions.length && before.versions.at(-1) === now.versions.at(-1);
  return versions ? before : now;
}

function kept(before: readonly Item[], now: readonly Item[]): readonly Item[] {
  return before.length === now.length && before.every((item, index) => item === now[index]) ? before : now;
}
