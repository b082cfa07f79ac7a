// Apart from highlight.ts, so that the reader of code comes with the first code block, and only what is used of it.
import type { Root } from "hast";
import { createLowlight } from "lowlight";
import { grammarOf } from "@/md/languages";

const lowlight = createLowlight();

/** Reads code of this language; null for a language that we don't have. */
export async function readerOf(language: string): Promise<((code: string) => Root) | null> {
  const grammar = await grammarOf(language);
  if (grammar === null) return null;
  lowlight.register(language, grammar);
  return (code) => lowlight.highlight(language, code);
}
