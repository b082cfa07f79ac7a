import { type Language, language, words } from "@/i18n";

/** Nobody waits longer for words than this, in milliseconds. */
const PATIENCE = 2_000;

let loaded: { language: Language; sentences: Readonly<Record<string, string>> } | undefined;

/**
 * Brings the sentences of refusals that are rare, so that no page carries them along. English has none of its own: the server
 * says them in English. Without a network the server's own words have to do.
 */
export async function loadRefusals(): Promise<void> {
  const wanted = preferred();
  if (wanted !== "pt-BR" || loaded?.language === wanted) return;
  const coming = import("./refusals-portuguese").then(
    ({ refusals }) => {
      loaded = { language: wanted, sentences: refusals };
    },
    () => undefined,
  );
  await Promise.race([coming, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
}

/** Whether no page carries a sentence for this code; false before the first words are there. */
export function isRare(code: string): boolean {
  return preferred() !== null && !Object.hasOwn(words().errors.codes, code);
}

/** Null before the first words are there: what fails so early is told by nobody. */
function preferred(): Language | null {
  try {
    return language();
  } catch {
    return null;
  }
}

/** The sentence of a code, if it has been brought and the language is still the same. */
export function refusal(code: string): string | undefined {
  return loaded?.language === language() && Object.hasOwn(loaded.sentences, code) ? loaded.sentences[code] : undefined;
}
