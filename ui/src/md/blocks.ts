import { Lexer, Marked, type Token, type TokenizerThis, type Tokens } from "marked";

/** A part of an answer that is drawn on its own. */
export type Block =
  | { kind: "markdown"; text: string; definitions: string }
  | { kind: "code"; language: string; text: string }
  | { kind: "maths"; tex: string };

/** Longer than any real formula: what begins like one and has no end near isn't one. */
const LONGEST_FORMULA = 5_000;
const FORMULA = new RegExp(
  `^ {0,3}(?:\\\\\\[([^]{1,${LONGEST_FORMULA}}?)\\\\\\]|\\$\\$(?!\\$)([^]{1,${LONGEST_FORMULA}}?)\\$\\$)[ \\t]*([.,;]?)[ \\t]*(?:\\n+|$)`,
);
const FOOTNOTE = /^ {0,3}\[\^[^\]\s]{1,100}\]:/m;
const FENCE = /^ {0,3}(?:`{3}|~{3})/;

function formula(this: TokenizerThis, source: string): Tokens.Generic | undefined {
  const found = FORMULA.exec(source);
  if (found === null) return undefined;
  const tex = (found[1] ?? found[2] ?? "").trim();
  return tex === "" || tex.includes("$$") ? undefined : { type: "maths", raw: found[0], text: tex + (found[3] ?? "") };
}

const reader = new Marked({
  extensions: [{ name: "maths", level: "block", start: (source) => source.search(/^ {0,3}(?:\\\[|\$\$)/m), tokenizer: formula }],
});

// Deeper than any text of people: readers of Markdown go down one call for each.
const TOO_DEEP = /^(?:[ \t]*(?:>|[-+*] |\d{1,9}[.)] )){60}/m;

function tokens(text: string): Token[] {
  if (TOO_DEEP.test(text)) return [{ type: "text", raw: text, text }];
  return new Lexer(reader.defaults).blockTokens(text.replaceAll(/\r\n|\r/g, "\n"));
}

interface Reading {
  text: string;
  tokens: Token[];
}

/** Cuts a growing text into blocks; what was read before and can't change any more isn't read again. */
export class Splitter {
  private last: Reading = { text: "", tokens: [] };

  /** `open`: something may still be added. Blocks that are equal to those of the call before are equal texts, not equal objects. */
  split(text: string, open: boolean): Block[] {
    const read = this.read(text);
    // References to footnotes and their texts stand anywhere: with any of them the answer is one piece, once it has ended.
    if (!open && FOOTNOTE.test(text)) return [{ kind: "markdown", text, definitions: "" }];
    return blocksOf(read);
  }

  private read(text: string): Token[] {
    const [kept, from] = text.startsWith(this.last.text) && !text.includes("\r") ? settled(this.last.tokens) : [[], 0];
    this.last = { text, tokens: [...kept, ...tokens(text.slice(from))] };
    return this.last.tokens;
  }
}

/** The tokens that more text can't change: all but the last two that are more than space; and where they end. */
function settled(read: Token[]): [Token[], number] {
  let seen = 0;
  let count = read.length;
  while (count > 0 && seen < 2) {
    count -= 1;
    if (read[count]?.type !== "space") seen += 1;
  }
  const kept = read.slice(0, count);
  return [kept, kept.reduce((sum, token) => sum + token.raw.length, 0)];
}

function blocksOf(read: Token[]): Block[] {
  const definitions = read.filter((token): token is Tokens.Def => token.type === "def" && !token.raw.trimStart().startsWith("[^"));
  return read.flatMap((token) => blockOf(token, definitions) ?? []);
}

function blockOf(token: Token, definitions: Tokens.Def[]): Block | null {
  if (token.type === "space" || token.type === "def") return null;
  if (token.type === "maths") return { kind: "maths", tex: (token as Tokens.Generic)["text"] as string };
  if (token.type === "code" && FENCE.test(token.raw)) {
    const code = token as Tokens.Code;
    return { kind: "code", language: code.lang ?? "", text: code.text };
  }
  const wanted = definitions.length === 0 ? [] : definitions.filter((each) => token.raw.toLowerCase().includes(`[${each.tag}]`));
  return { kind: "markdown", text: token.raw, definitions: wanted.map((each) => each.raw.trim()).join("\n") };
}
