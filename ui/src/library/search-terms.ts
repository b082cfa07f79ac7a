import type { Schemas } from "@/api";

export type Role = Schemas["Speaker"];

/** What the search page is asked, as its address says it. */
export interface Terms {
  q?: string;
  tag?: string;
  folder?: string;
  role?: Role;
  /** Days, as date fields write them: 2026-11-22; the last one is included. */
  from?: string;
  to?: string;
  order?: "newest";
}

export const ROLES: readonly Role[] = ["user", "assistant", "tool"];
const DAY = /^\d{4}-\d\d-\d\d$/;

/** The terms in an address, whoever wrote it. */
export function termsOf(search: Record<string, unknown>): Terms {
  const text = (name: string, most: number): string | undefined => {
    const value = search[name];
    const found = typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
    return found === "" ? undefined : found.slice(0, most);
  };
  const day = (name: string): string | undefined => (DAY.test(text(name, 10) ?? "") ? text(name, 10) : undefined);
  const role = ROLES.find((each) => each === search["role"]);
  const found = { q: text("q", 500), tag: text("tag", 64), folder: text("folder", 100), role, from: day("from"), to: day("to"), order: search["order"] === "newest" ? ("newest" as const) : undefined };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as Terms;
}

/** The moments that a range of days spans here. */
export function spanOf({ from, to }: Pick<Terms, "from" | "to">): { from?: string; to?: string } {
  const start = (day: string, later: number): string => {
    const [year, month, date] = day.split("-").map(Number);
    return new Date(year ?? 0, (month ?? 1) - 1, (date ?? 1) + later).toISOString();
  };
  return { ...(from !== undefined && { from: start(from, 0) }), ...(to !== undefined && { to: start(to, 1) }) };
}

export interface Piece {
  text: string;
  marked: boolean;
}

/** An excerpt cut at its marks; they count characters (code points), as the server does. */
export function pieces({ text, marks }: { text: string; marks: readonly (readonly unknown[])[] }): Piece[] {
  const characters = [...text];
  const found: Piece[] = [];
  let at = 0;
  const take = (end: number, marked: boolean): void => {
    const stop = Math.min(Math.max(end, at), characters.length);
    if (stop > at) found.push({ text: characters.slice(at, stop).join(""), marked });
    at = stop;
  };
  for (const [begin, end] of marks) {
    if (typeof begin !== "number" || typeof end !== "number") continue;
    take(begin, false);
    take(end, true);
  }
  take(characters.length, false);
  return found;
}
