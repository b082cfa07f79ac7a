import { type Language, language, type Messages, useLanguage, useWords, words } from "@/i18n";

/** Words that come with the pages that use them, beside those of every page: made once for each language. */
export function joined<T extends object>(own: (words: Messages, shown: Language) => T): { useWords: () => Messages & T; words: () => Messages & T } {
  const made = new Map<Messages, Messages & T>();
  function join(core: Messages, shown: Language): Messages & T {
    const found = made.get(core) ?? { ...core, ...own(core, shown) };
    made.set(core, found);
    return found;
  }
  return { useWords: () => join(useWords(), useLanguage()), words: () => join(words(), language()) };
}
