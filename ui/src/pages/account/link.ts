import { useSyncExternalStore } from "react";

// What a link carries is taken out of the address bar at once: no history, no screenshot, no Referer keeps it.

/** What links of set-up, invitations, resets and mails carry. */
export interface Carried {
  code?: string;
  invite?: string;
  token?: string;
}

const PAGES = new Set(["/set-up", "/register", "/invite", "/reset", "/confirm-email"]);
const NAMES = ["code", "invite", "token"] as const;
const listeners = new Set<() => void>();
let held: Carried = {};

/** What stands behind `?` or `#` of an address, by the names that links use; the fragment wins. */
export function carriedBy(search: string, hash: string): Carried {
  const found: Carried = {};
  for (const part of [search.replace(/^\?/, ""), hash.replace(/^#/, "")]) {
    const given = new URLSearchParams(part);
    for (const name of NAMES) {
      const value = given.get(name)?.trim();
      if (value) found[name] = value;
    }
  }
  return found;
}

/** Takes the codes out of the address bar, if this is a page whose links carry some. */
export function takeLink(): void {
  const { pathname, search, hash } = window.location;
  if (!PAGES.has(pathname)) return;
  const found = carriedBy(search, hash);
  if (Object.keys(found).length === 0) return;
  held = found;
  window.history.replaceState(window.history.state, "", pathname);
  for (const listener of listeners) listener();
}

/** Forgets what was taken: it has done its work. */
export function spendLink(): void {
  held = {};
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What the link carried that led here; it lives in this page's memory alone. */
export function useLink(): Carried {
  return useSyncExternalStore(subscribe, () => held);
}

takeLink();
// Another link that is opened in the same tab changes nothing but the fragment.
window.addEventListener("hashchange", takeLink);
