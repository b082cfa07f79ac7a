// Characters that nobody sees, or that turn what is seen around: bidi controls, tags (U+E0000…), zero-width ones, control characters.

/** Hidden in any text. Joiners (emoji, Indic and Persian letters), single variation selectors and marks of direction are part of ordinary writing. */
const HIDDEN =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B\u202A-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF0-\uFFFB\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]|(?<=[\uFE00-\uFE0F])[\uFE00-\uFE0F]/u;
/** In code these have no business either. */
const HIDDEN_IN_CODE = /[\u00AD\u061C\u200E\u200F\u2028\u2029]/u;
/** The flags of England, Scotland, Wales… are written with tags. */
const FLAG = /\u{1F3F4}[\u{E0061}-\u{E007A}]{1,6}\u{E007F}/u;
const NOTHING_LOST = /^[\u200B\u2060\uFEFF]+$/u;

const prose = new RegExp(`(${FLAG.source})|((?:${HIDDEN.source})+)`, "gu");
const code = new RegExp(`(${FLAG.source})|((?:${HIDDEN.source}|${HIDDEN_IN_CODE.source})+)`, "gu");

/** A piece of text as it is, or what stands for characters that can't be seen. */
export type Piece = string | { hidden: string };

function named(run: string): string {
  const points = Array.from(run, (each) => `U+${(each.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`);
  return points.length === 1 ? (points[0] ?? "") : `${points[0]} ×${points.length}`;
}

/** Cuts a text where something hidden stands, and names it. In prose a lone zero-width space is just dropped. */
export function pieces(text: string, kind: "prose" | "code" = "prose"): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(kind === "code" ? code : prose)) {
    const run = match[2];
    if (run === undefined) continue;
    if (match.index > from) found.push(text.slice(from, match.index));
    if (kind === "code" || !NOTHING_LOST.test(run)) found.push({ hidden: named(run) });
    from = match.index + run.length;
  }
  if (from < text.length) found.push(text.slice(from));
  return found;
}

/** The text without anything hidden: for titles, labels, addresses. */
export function plain(text: string): string {
  return pieces(text, "code")
    .filter((piece) => typeof piece === "string")
    .join("");
}
