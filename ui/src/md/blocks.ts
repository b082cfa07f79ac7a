/** A part of an answer that is drawn on its own. */
export type Block =
  | { kind: "markdown"; text: string; definitions: string }
  | { kind: "code"; language: string; text: string }
  | { kind: "maths"; tex: string }
  /** Shown as it is written. */
  | { kind: "plain"; text: string };

/** What a piece of the text is, as far as its first lines tell. */
type Kind = "prose" | "list" | "code" | "maths";

/** A piece of the text by its lines: from where to where. `closed`: nothing that follows can belong to it. */
interface Piece {
  kind: Kind;
  from: number;
  to: number;
  /** The fence or sign that it began with. */
  sign: string;
  closed: boolean;
  /** Begins like a formula whose end may still come. */
  pending: boolean;
}

const FENCE = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
const LIST = /^ {0,3}(?:[-+*]|\d{1,9}[.)])(?:[ \t]|$)/;
const HEADING = /^ {0,3}#{1,6}(?:[ \t]|$)/;
const MATHS = /^ {0,3}(\\\[|\$\$(?!\$))/;
/** Longer than any real formula: what begins like one and has no end near isn't one. */
const LONGEST_FORMULA = 5_000;

/** Cuts a growing text into blocks; what was read before and can't change any more isn't read again. */
export class Splitter {
  private text = "";
  private pieces: Piece[] = [];

  /** `open`: something may still be added. The same text gives the same blocks, in however many pieces it came. */
  split(written: string, open: boolean): Block[] {
    const text = written.replaceAll(/\r\n|\r/g, "\n");
    if (!text.startsWith(this.text)) this.pieces = [];
    const kept = this.pieces.slice(0, settled(this.pieces, this.text.length));
    this.pieces = [...kept, ...pieces(text, kept.at(-1)?.to ?? 0)];
    this.text = text;
    // References to footnotes and their texts stand anywhere: with any of them the answer is one block, once it has ended.
    if (!open && FOOTNOTE.test(text) && isReadable(text)) return [{ kind: "markdown", text, definitions: "" }];
    return blocksOf(text, this.pieces);
  }
}

/** How many pieces can't become anything else: the last two may, and what follows the beginning of a formula. */
function settled(read: readonly Piece[], length: number): number {
  const pending = read.findIndex((piece) => piece.pending && piece.from > length - LONGEST_FORMULA);
  return Math.max(0, Math.min(read.length - 2, pending < 0 ? read.length : pending));
}

/** Cuts where Markdown can't join what is before and after, looking at each line once. */
function pieces(text: string, from: number): Piece[] {
  const found: Piece[] = [];
  let current: Piece | null = null;
  let blank = false;
  for (let at = from; at < text.length; ) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline + 1;
    const line = text.slice(at, newline < 0 ? end : newline);
    const last: Piece | null = current;
    if (last === null || last.closed || begins(line, last, blank)) {
      const formula = MATHS.test(line) ? formulaEnd(text, at) : -1;
      current = opened(line, at, formula < 0 ? end : formula, formula >= 0);
      found.push(current);
      at = current.to;
    } else {
      last.to = end;
      if (last.kind === "code" && closes(line, last.sign)) last.closed = true;
      at = end;
    }
    blank = line.trim() === "" && !(current?.closed ?? false);
  }
  return found;
}

function opened(line: string, from: number, to: number, isFormula: boolean): Piece {
  const fence = FENCE.exec(line)?.[1];
  if (fence !== undefined) return { kind: "code", from, to, sign: fence, closed: false, pending: false };
  if (isFormula) return { kind: "maths", from, to, sign: "", closed: true, pending: false };
  return { kind: LIST.test(line) ? "list" : "prose", from, to, sign: "", closed: false, pending: MATHS.test(line) };
}

/** Does this line begin something new, after the piece that it would else belong to? */
function begins(line: string, piece: Piece, blank: boolean): boolean {
  if (piece.kind === "code" || line.trim() === "") return false;
  // In a list an indented line is the list's own, and so is a further item.
  if (piece.kind === "list" && (/^[ \t]/.test(line) || LIST.test(line))) return false;
  if (FENCE.test(line) || HEADING.test(line) || MATHS.test(line)) return true;
  // What is indented after a blank line may belong to a footnote or a block of code before it.
  return blank && !/^[ \t]/.test(line);
}

function closes(line: string, sign: string): boolean {
  const found = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line)?.[1];
  return found !== undefined && found[0] === sign[0] && found.length >= sign.length;
}

/** Where the formula ends that begins here, with its line; -1 if none does. */
function formulaEnd(text: string, at: number): number {
  const near = text.slice(at, at + LONGEST_FORMULA);
  const sign = MATHS.exec(near)?.[1] ?? "";
  const begin = near.indexOf(sign) + 2;
  const end = near.indexOf(sign === "$$" ? "$$" : "\\]", begin);
  if (end < 0 || near.slice(begin, end).trim() === "") return -1;
  const after = /^[ \t]*[.,;]?[ \t]*(?:\n|$)/.exec(near.slice(end + 2, end + 80));
  return after === null ? -1 : at + end + 2 + after[0].length;
}

const FOOTNOTE = /^ {0,3}\[\^[^\]\s]{1,100}\]:/m;
const DEFINITION = /^ {0,3}\[(?!\^)((?:[^[\]\\]|\\.){1,200})\]:[ \t]*\S.*$/gm;

function blocksOf(text: string, read: readonly Piece[]): Block[] {
  const definitions = definitionsOf(text, read);
  return read.flatMap((piece): Block[] => {
    const raw = text.slice(piece.from, piece.to);
    if (raw.trim() === "") return [];
    if (piece.kind === "code") return [codeOf(raw, piece)];
    if (piece.kind === "maths") return [{ kind: "maths", tex: texOf(raw) }];
    if (!isReadable(raw)) return [{ kind: "plain", text: raw.trimEnd() }];
    const wanted = [...definitions].filter(([label]) => raw.toLowerCase().includes(`[${label}]`)).map(([, line]) => line);
    return [{ kind: "markdown", text: raw.trimEnd(), definitions: wanted.filter((line) => !raw.includes(line)).join("\n") }];
  });
}

/** The addresses of links that are written elsewhere, by their labels; the first of a label counts. */
function definitionsOf(text: string, read: readonly Piece[]): Map<string, string> {
  const found = new Map<string, string>();
  if (!text.includes("]:")) return found;
  for (const piece of read) {
    if (piece.kind !== "prose") continue;
    for (const match of text.slice(piece.from, piece.to).matchAll(DEFINITION)) {
      const label = (match[1] ?? "").toLowerCase();
      if (!found.has(label)) found.set(label, match[0].trim());
    }
  }
  return found;
}

function codeOf(raw: string, piece: Piece): Block {
  const lines = raw.split("\n");
  const first = lines.shift() ?? "";
  if (lines.at(-1) === "") lines.pop();
  if (piece.closed) lines.pop();
  const indent = first.search(/[`~]/);
  const text = lines.map((line) => line.replace(new RegExp(`^ {0,${indent}}`), "")).join("\n");
  return { kind: "code", language: first.trim().slice(piece.sign.length).trim(), text };
}

function texOf(raw: string): string {
  const sign = MATHS.exec(raw)?.[1] ?? "";
  const begin = raw.indexOf(sign) + 2;
  const end = raw.indexOf(sign === "$$" ? "$$" : "\\]", begin);
  return raw.slice(begin, end).trim() + raw.slice(end + 2).trim();
}

// No person's paragraph, list or table is as long, as deep or as full of signs; reading one takes time by the square of it.
const LONGEST = 60_000;
const MOST_SIGNS = 4_000;
const TOO_DEEP = /^(?:[ \t]*(?:>|[-+*] |\d{1,9}[.)] )){60}|^ {120,}(?:[-+*]|\d{1,9}[.)]) /m;

function isReadable(text: string): boolean {
  return text.length <= LONGEST && (text.match(/[*_~]|\]\(/g)?.length ?? 0) <= MOST_SIGNS && !TOO_DEEP.test(text);
}
