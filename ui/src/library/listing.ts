import type { Conversation } from "@/api";

/** Which conversations a list shows; the archive is a list of its own. */
export interface Filter {
  pinned?: boolean;
  /** A folder's id; "none": those in no folder. */
  folder?: string;
  tag?: string;
  archived?: boolean;
}

/** What of a list is loaded: without a gap, the latest activity first. */
export interface Listing {
  items: readonly Conversation[];
  /** Where it goes on; null at its end. */
  next: string | null;
}

export const EMPTY: Listing = { items: [], next: null };

/** Tags are the same whatever their case and accents, as the server compares them. */
export function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
}

export function matches(filter: Filter, each: Conversation): boolean {
  if ((each.archived_at !== null) !== (filter.archived ?? false)) return false;
  if (filter.pinned !== undefined && (each.pinned_at !== null) !== filter.pinned) return false;
  if (filter.folder !== undefined && (each.folder_id ?? "none") !== filter.folder) return false;
  const tag = filter.tag === undefined ? undefined : folded(filter.tag);
  return tag === undefined || each.tags.some((one) => folded(one) === tag);
}

export function without(listing: Listing, id: string): Listing {
  const items = listing.items.filter((each) => each.id !== id);
  return items.length === listing.items.length ? listing : { ...listing, items };
}

/** The listing with the conversation as it is now: in its place by activity, or not at all where the filter excludes it. */
export function placed(listing: Listing, filter: Filter, each: Conversation): Listing {
  if (!matches(filter, each)) return without(listing, each.id);
  const before = listing.items.findIndex((one) => one.id === each.id);
  if (before >= 0 && listing.items[before]?.updated_at === each.updated_at) {
    return { ...listing, items: listing.items.with(before, each) };
  }
  const others = listing.items.filter((one) => one.id !== each.id);
  const moment = Date.parse(each.updated_at);
  const at = others.findIndex((one) => Date.parse(one.updated_at) < moment);
  if (at >= 0) return { ...listing, items: others.toSpliced(at, 0, each) };
  // Behind everything that is loaded: it is seen only where nothing else lies in between.
  return listing.next === null ? { ...listing, items: [...others, each] } : { ...listing, items: others };
}

/**
 * What was loaded before, with its first page read anew: one request however far somebody has scrolled.
 * What lies behind the page stays, unless more came than fits in it: then the page is all that is known.
 */
export function refreshed(before: Listing | undefined, page: Listing): Listing {
  if (before === undefined || page.next === null) return page;
  const fresh = new Set(page.items.map((each) => each.id));
  const last = before.items.findLastIndex((each) => fresh.has(each.id) && settled(each, page));
  if (last < 0) return page;
  const kept = before.items.slice(last + 1).filter((each) => !fresh.has(each.id));
  return kept.length === 0 ? page : { items: [...page.items, ...kept], next: before.next };
}

/** It hasn't moved up meanwhile: then it tells nothing about where the page ends. */
function settled(each: Conversation, page: Listing): boolean {
  return page.items.some((one) => one.id === each.id && one.updated_at === each.updated_at);
}

/** The listing with a further page behind it. */
export function continued(before: Listing, page: Listing): Listing {
  const known = new Set(before.items.map((each) => each.id));
  return { items: [...before.items, ...page.items.filter((each) => !known.has(each.id))], next: page.next };
}
