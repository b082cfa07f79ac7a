import type { Messages } from "@/i18n/pages";

// What can be told before anything is sent. The server has the last word.

export interface Bounds {
  least: number;
  recommended: number;
  most: number;
}

/** Characters as people count them. */
export const length = (text: string): number => Array.from(text).length;

type Words = Messages["account"]["checks"];

/** What is wrong with an address, if anything is. */
export function emailTrouble(text: string, words: Words): string | undefined {
  const address = text.trim();
  if (address === "") return words.emailMissing;
  return /^[^\s@<>,;]+@[^\s@<>,;]+$/.test(address) ? undefined : words.emailWrong;
}

/** What is wrong with a new password, if anything is. */
export function newPasswordTrouble(text: string, bounds: Bounds, words: Words): string | undefined {
  if (text === "") return words.passwordMissing;
  if (length(text) < bounds.least) return words.passwordShort(bounds.least, length(text));
  if (length(text) > bounds.most) return words.passwordLong(bounds.most);
  return undefined;
}

/** The first of the troubles by field, without the fields that are fine. */
export function troubles<Name extends string>(found: Partial<Record<Name, string | undefined>>): Partial<Record<Name, string>> {
  return Object.fromEntries(Object.entries(found).filter(([, text]) => text !== undefined)) as Partial<Record<Name, string>>;
}
