// From a text and what it points to: the same text with numbered marks, the sources that they name, and the files that came of it.
import type { AnswerPart, Reference, TextPart } from "@/chat/types";
import { markSign, unforged } from "@/md/marks";

/** A passage that an answer stands on. */
export interface Source {
  number: number;
  reference: Reference;
  /** The message that cites it first. */
  itemId: string;
}

/** A file that code left for the person. */
export interface Left {
  fileId: string;
  filename: string;
  picture: boolean;
  /** How the text names it, where it does: an address that only this answer knows. */
  address: string | null;
}

export interface Cited {
  sources: readonly Source[];
  files: readonly Left[];
  /** The texts with marks, by their parts' ids; a part that isn't here has none. */
  texts: ReadonlyMap<string, string>;
}

const NOTHING: Cited = { sources: [], files: [], texts: new Map() };
const SOURCE_MARK = /【[^【】]{0,200}】/y;
const PICTURE = /\.(?:png|jpe?g|gif|webp)$/i;

/** What the parts of an answer point to; `sign` writes a mark. */
export function cite(parts: readonly AnswerPart[], sign: (number: number) => string = markSign): Cited {
  const pointing = parts.filter((part): part is TextPart & { references: readonly Reference[] } => part.kind === "text" && part.references !== undefined);
  if (pointing.length === 0) return NOTHING;
  const sources = new Map<string, Source>();
  const files = new Map<string, Left>();
  const texts = new Map<string, string>();
  for (const part of pointing) {
    const marks: Mark[] = [];
    const place = placesIn(part.text);
    for (const reference of part.references) {
      const [from, to] = [place(reference.from), place(reference.to)];
      if (reference.kind === "passage") marks.push({ ...marked(part.text, from, to), number: numberOf(reference, part.id, sources) });
      else if (files.get(reference.fileId)?.address == null) files.set(reference.fileId, left(reference, part.text.slice(from, to)));
    }
    texts.set(part.id, written(part.text, marks, sign));
  }
  return { sources: [...sources.values()], files: [...files.values()], texts };
}

interface Mark {
  from: number;
  to: number;
  number: number;
}

/** The server counts characters, this browser pairs of bytes: an emoji is one there and two here. */
function placesIn(text: string): (at: number) => number {
  if (!/[\uD800-\uDBFF]/.test(text)) return (at) => Math.min(Math.max(at, 0), text.length);
  const places: number[] = [];
  let at = 0;
  for (const character of text) {
    places.push(at);
    at += character.length;
  }
  return (wanted) => places[Math.max(wanted, 0)] ?? text.length;
}

function numberOf(reference: Reference, partId: string, sources: Map<string, Source>): number {
  const { fileId, place } = reference;
  const key = `${fileId} ${place?.start ?? ""} ${place?.end ?? ""}`;
  const known = sources.get(key);
  if (known !== undefined) return known.number;
  const made = { number: sources.size + 1, reference, itemId: partId.replace(/:\d+$/, "") };
  sources.set(key, made);
  return made.number;
}

function left({ fileId, filename }: Reference, address: string): Left {
  const named = address.startsWith("sandbox:") ? address : null;
  return { fileId, filename: filename || (named?.split("/").at(-1) ?? ""), picture: named === null && PICTURE.test(filename), address: named };
}

/** What a mark stands in the place of: nothing, or the model's own sign of a source. */
function marked(text: string, from: number, to: number): { from: number; to: number } {
  if (to > from) return { from, to };
  SOURCE_MARK.lastIndex = from;
  const here = SOURCE_MARK.exec(text);
  if (here !== null) return { from, to: from + here[0].length };
  const begin = text.lastIndexOf("【", from - 1);
  SOURCE_MARK.lastIndex = Math.max(begin, 0);
  const before = begin < 0 ? null : SOURCE_MARK.exec(text);
  return before !== null && begin + before[0].length === from ? { from: begin, to: from } : { from, to: from };
}

/** The text with signs in the places of the marks. */
function written(text: string, marks: readonly Mark[], sign: (number: number) => string): string {
  let made = "";
  let at = 0;
  let last: Mark | null = null;
  for (const mark of [...marks].sort((a, b) => a.from - b.from)) {
    if (last !== null && last.number === mark.number && text.slice(at, mark.from).trim() === "") {
      at = Math.max(at, mark.to);
      continue;
    }
    made = put(made + unforged(text.slice(at, Math.max(at, mark.from))), sign(mark.number));
    at = Math.max(at, mark.to);
    // What stood between the words and the mark would stand before a comma now.
    if (/^[\s,.;:!?)]/.test(text.slice(at, at + 1))) made = made.replace(/ +$/, "");
    last = mark;
  }
  return made + unforged(text.slice(at));
}

/** Lines of Markdown that mean something else with anything behind them: fences, formulas, rules. */
const WHOLE_LINE = /^\s*(?:(?:`{3,}|~{3,}).*|[-*_=\s]{3,}|.*(?:\$\$|\\\]))$/;

/** A sign goes behind words, never to the beginning of a line, where it would change what the line is. */
function put(text: string, sign: string): string {
  const words = text.trimEnd();
  const space = text.slice(words.length);
  const line = words.slice(words.lastIndexOf("\n") + 1);
  if (words === "") return text + sign;
  if (WHOLE_LINE.test(line)) return `${words}\n\n${sign}${space}`;
  if (line.endsWith("|") && line.trimStart().startsWith("|")) return `${words.slice(0, -1).trimEnd()}${sign} |${space}`;
  return `${words}${/https?:\S+$/.test(line) ? " " : ""}${sign}${space}`;
}
