import { Lexer, Marked, type Token, type Tokens } from "marked";

/** A part of an answer that is drawn on its own. */
export type Block =
  | { kind: "markdown"; text: string; definitions: string }
  | { kind: "code"; language: string; text: string }
  | { kind: "maths"; tex: string }
  /** Shown as it is written. */
  | { kind: "plain"; text: string };

/** Longer than any real formula: what begins like one and has no end near isn't one. */
const LONGEST_FORMULA = 5_000;
const OPENING = /^ {0,3}(\\\[|\$\$(?!\$))/;
const AFTER = /^[ \t]*([.,;]?)[ \t]*(?:\n+|$)/;
const FOOTNOTE = /^ {0,3}\[\^[^\]\s]{1,100}\]:/m;
const FENCE = /^ {0,3}(?:`{3}|~{3})/;

/** A formula on lines of its own, from $$ to $$ or from \\[ to \\], at the beginning of the source. */
function formula(source: string): Tokens.Generic | undefined {
  const opening = OPENING.exec(source);
  if (opening === null) return undefined;
  const begin = opening[0].length;
  const sign = opening[1] === "$$" ? "$$" : "\\]";
  const end = source.slice(0, LONGEST_FORMULA).indexOf(sign, begin);
  if (end < 0) return undefined;
  const after = AFTER.exec(source.slice(end + 2, end + 80));
  const tex = source.slice(begin, end).trim();
  if (after === null || tex === "") return undefined;
  return { type: "maths", raw: source.slice(0, end + 2 + after[0].length), text: tex + (after[1] ?? "") };
}

/** Where in this paragraph a formula begins that ends it. Only a whole one counts: each cut makes the reader look at all that follows. */
function beginning(source: string): number | undefined {
  const end = source.indexOf("\n\n");
  const paragraph = end < 0 ? source : source.slice(0, end);
  for (const match of paragraph.matchAll(/^ {0,3}(?:\\\[|\$\$)/gm)) if (formula(source.slice(match.index, match.index + LONGEST_FORMULA)) !== undefined) return match.index;
  return undefined;
}

const reader = new Marked({ extensions: [{ name: "maths", level: "block", start: beginning, tokenizer: formula }] });

// Deeper than any text of people: readers of Markdown go down one call for each.
const TOO_DEEP = /^(?:[ \t]*(?:>|[-+*] |\d{1,9}[.)] )){60}/m;

function tokens(text: string): Token[] {
  const whole: Token[] = [{ type: "plain", raw: text, text }];
  if (TOO_DEEP.test(text)) return whole;
  try {
    return new Lexer(reader.defaults).blockTokens(text);
  } catch {
    return whole;
  }
}

interface Reading {
  text: string;
  tokens: Token[];
}

/** Cuts a growing text into blocks; what was read before and can't change any more isn't read again. */
export class Splitter {
  private last: Reading = { text: "", tokens: [] };

  /** `open`: something may still be added. Blocks that are equal to those of the call before are equal texts, not equal objects. */
  split(written: string, open: boolean): Block[] {
    const text = written.replaceAll(/\r\n|\r/g, "\n");
    const read = this.read(text);
    // References to footnotes and their texts stand anywhere: with any of them the answer is one piece, once it has ended.
    if (!open && FOOTNOTE.test(text) && isReadable(text) && !TOO_DEEP.test(text)) return [{ kind: "markdown", text, definitions: "" }];
    return blocksOf(read);
  }

  private read(text: string): Token[] {
    if (text !== this.last.text) {
      const kept = text.startsWith(this.last.text) ? settled(this.last.tokens, text) : [];
      this.last = { text, tokens: [...kept, ...tokens(text.slice(length(kept)))] };
    }
    return this.last.tokens;
  }
}

function length(read: readonly Token[]): number {
  return read.reduce((sum, token) => sum + token.raw.length, 0);
}

/** The tokens that more text can't change: all but the last two that are more than space. None where they aren't the text's own beginning. */
function settled(read: readonly Token[], text: string): Token[] {
  let seen = 0;
  let count = read.length;
  while (count > 0 && seen < 2) {
    count -= 1;
    if (read[count]?.type !== "space") seen += 1;
  }
  const kept = read.slice(0, count);
  return text.startsWith(kept.map((token) => token.raw).join("")) ? kept : [];
}

function blocksOf(read: Token[]): Block[] {
  const definitions = read.filter((token): token is Tokens.Def => token.type === "def" && !token.raw.trimStart().startsWith("[^"));
  return read.flatMap((token) => blockOf(token, definitions) ?? []);
}

/** No person's paragraph, list or table is as long, or as full of signs; reading one takes time by the square of their number. */
const LONGEST_BLOCK = 60_000;
const MOST_SIGNS = 4_000;
const DEEP_LIST = /^ {120,}(?:[-+*]|\d{1,9}[.)]) /m;

function isReadable(text: string): boolean {
  return !DEEP_LIST.test(text) && text.length <= LONGEST_BLOCK && (text.match(/[*_~]|\]\(/g)?.length ?? 0) <= MOST_SIGNS;
}

function blockOf(token: Token, definitions: Tokens.Def[]): Block | null {
  if (token.type === "space" || token.type === "def") return null;
  if (token.type === "maths") return { kind: "maths", tex: (token as Tokens.Generic)["text"] as string };
  if (token.type === "code" && FENCE.test(token.raw)) {
    const code = token as Tokens.Code;
    return { kind: "code", language: code.lang ?? "", text: code.text };
  }
  if (token.type === "plain" || !isReadable(token.raw)) return { kind: "plain", text: token.raw };
  const wanted = definitions.length === 0 ? [] : definitions.filter((each) => token.raw.toLowerCase().includes(`[${each.tag}]`));
  return { kind: "markdown", text: token.raw, definitions: wanted.map((each) => each.raw.trim()).join("\n") };
}
