import type {} from "micromark-extension-math";
import type { Code, Construct, Effects, Extension, State, TokenizeContext } from "micromark-util-types";

// Formulas within a line, as models write them: $x$, \(x\), \[x\]. What micromark-extension-math knows ($$…$$) stays its own; the tokens are its, too.

const DOLLAR = 36;
const BACKSLASH = 92;
const BACKTICK = 96;
const LONGEST = 2_000;

function isLineEnding(code: Code): boolean {
  return code !== null && code < -2;
}

function isBlank(code: Code): boolean {
  return code === null || code < 0 || code === 32;
}

function isWordly(code: Code): boolean {
  return code !== null && code > 0 && /[\p{L}\p{N}]/u.test(String.fromCharCode(code));
}

/** "$5 e R$": an amount of money and a word after it, without any sign of a formula. */
export function isMoney(content: string): boolean {
  return /^[\d.,]+\s+\p{L}/u.test(content) && !/[\\^_=+{}<>]/.test(content);
}

/** Is what stands between escaped brackets a formula, or an escaped "(nota)"? */
export function isFormula(content: string): boolean {
  if (content.trim() === "") return false;
  return /[\\^_=+<>{}*/|]/.test(content) || (content.match(/\p{L}+/gu) ?? []).every((word) => word.length <= 2);
}

/** In a text of many openings without an end, looking for ends is given up after so many characters. */
const PATIENCE = 20_000;
const spent = new WeakMap<TokenizeContext, number>();

interface Form {
  /** May it begin after this code? */
  follows: (previous: Code) => boolean;
  /** Codes of the opening and closing signs. */
  opening: readonly number[];
  closing: readonly number[];
  /** May the formula end here? `before` and `after` are the codes around the closing signs. */
  ends: (before: Code, after: Code) => boolean;
  begins: (code: Code) => boolean;
  accepts: (content: string) => boolean;
}

const SINGLE_DOLLAR: Form = {
  follows: (previous) => !isWordly(previous) && previous !== DOLLAR,
  opening: [DOLLAR],
  closing: [DOLLAR],
  begins: (code) => !isBlank(code) && code !== DOLLAR,
  ends: (before, after) => !isBlank(before) && !isWordly(after) && after !== DOLLAR,
  accepts: (content) => !isMoney(content),
};

function bracketed(opening: string, closing: string): Form {
  return {
    follows: () => true,
    opening: [BACKSLASH, opening.charCodeAt(0)],
    closing: [BACKSLASH, closing.charCodeAt(0)],
    begins: (code) => code !== null,
    ends: () => true,
    accepts: isFormula,
  };
}

/** Consumes these codes, one after the other, as one token. */
function sequence(codes: readonly number[], after: (code: Code) => boolean): Construct {
  return {
    partial: true,
    tokenize(effects: Effects, ok: State, nok: State): State {
      let at = 0;
      const next: State = (code) => {
        if (code !== codes[at]) return nok(code);
        effects.consume(code);
        at += 1;
        return at === codes.length ? last : next;
      };
      const last: State = (code) => {
        effects.exit("mathTextSequence");
        return after(code) ? ok(code) : nok(code);
      };
      return (code) => {
        effects.enter("mathTextSequence");
        return next(code);
      };
    },
  };
}

function construct(form: Form): Construct {
  function tokenize(this: TokenizeContext, effects: Effects, ok: State, nok: State): State {
    // oxlint-disable-next-line typescript/no-this-alias, unicorn/no-this-assignment -- micromark hands its context over as `this`
    const context = this;
    let begun = context.now();
    let ended = begun;
    let length = 0;
    let before: Code = null;

    const endless: State = (code) => {
      spent.set(context, (spent.get(context) ?? 0) + length);
      return nok(code);
    };
    const closing = (code: Code): State | undefined => effects.attempt(sequence(form.closing, (after) => form.ends(before, after)), done, goOn)(code);
    const done: State = (code) => {
      if (!form.accepts(context.sliceSerialize({ start: begun, end: ended }))) return nok(code);
      effects.exit("mathText");
      return ok(code);
    };
    const goOn: State = (code) => {
      effects.enter("mathTextData");
      return consumed(code);
    };
    const consumed = (code: Code): State => {
      length += 1;
      before = code;
      effects.consume(code);
      return data;
    };
    const data: State = (code) => {
      if (code === null || code === BACKTICK || length > LONGEST) return endless(code);
      if (isLineEnding(code)) {
        effects.exit("mathTextData");
        return newLine(code);
      }
      if (code === form.closing[0]) {
        ended = context.now();
        effects.exit("mathTextData");
        return closing(code);
      }
      return consumed(code);
    };
    const newLine: State = (code) => {
      if (code === null || length > LONGEST) return endless(code);
      if (isLineEnding(code)) {
        length += 1;
        before = code;
        effects.enter("lineEnding");
        effects.consume(code);
        effects.exit("lineEnding");
        return newLine;
      }
      if (code === form.closing[0]) {
        ended = context.now();
        return closing(code);
      }
      return goOn(code);
    };
    const first: State = (code) => {
      begun = context.now();
      return form.begins(code) ? newLine(code) : nok(code);
    };
    return (code) => {
      if (!form.follows(context.previous) || (spent.get(context) ?? 0) > PATIENCE) return nok(code);
      effects.enter("mathText");
      return effects.attempt(sequence(form.opening, () => true), first, nok)(code);
    };
  }
  return { name: "mathText", tokenize };
}

/** Stands after the extension of micromark-extension-math. */
export const formulas: Extension = {
  text: { [DOLLAR]: construct(SINGLE_DOLLAR), [BACKSLASH]: [construct(bracketed("(", ")")), construct(bracketed("[", "]"))] },
};
