// Whether somebody is writing @, # or / for something that can be picked.

export type Sign = "@" | "#" | "/";

export interface Trigger {
  sign: Sign;
  /** What is looked for. */
  query: string;
  /** Where the sign stands, and where what belongs to it ends. */
  from: number;
  to: number;
}

const LONGEST = 40;
/** Who goes on for so many words means something else. */
const WORDS = 4;

/** What is being written at the cursor; null: nothing of the kind. `/` begins a message, or a line; the others any word. */
export function triggerAt(text: string, cursor: number): Trigger | null {
  const before = text.slice(Math.max(0, cursor - LONGEST - 1), cursor);
  const found = /(?:^|[\s(])([@#])([^\s@#][^@#\n]*)?$/.exec(before) ?? /(?:^|\n)(\/)([^\s/][^/\n]*)?$/.exec(before);
  if (found === null) return null;
  const sign = found[1] as Sign;
  const query = found[2] ?? "";
  // What is cut off may hide what stands before the sign.
  if (found.index === 0 && before.length > LONGEST && !/^\s|^\(/.test(found[0])) return null;
  if (query.split(" ").length > WORDS || /\s\s/.test(query)) return null;
  return { sign, query, from: cursor - query.length - 1, to: cursor };
}

/** Without case and accents. */
export function folded(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/** Those whose names hold all words of the query; those that begin with it first. */
export function matching<T>(all: readonly T[], query: string, termsOf: (each: T) => string): T[] {
  const wanted = folded(query).split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return [...all];
  const found = all.map((each) => ({ each, terms: folded(termsOf(each)) })).filter(({ terms }) => wanted.every((word) => terms.includes(word)));
  const rank = (terms: string): number => (terms.startsWith(wanted[0] ?? "") ? 0 : 1);
  return found.toSorted((a, b) => rank(a.terms) - rank(b.terms)).map(({ each }) => each);
}
