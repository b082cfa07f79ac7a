import { explain, isApiError } from "@/api";
import type { Messages } from "@/i18n/pages";

/** What an error means here, in a sentence: around accounts the same code often says more than elsewhere. */
export function tell(error: unknown, words: Messages): string {
  if (isApiError(error) && error.status !== 429) {
    const known = (words.account.errors as Record<string, string | undefined>)[error.code];
    if (known !== undefined) return known;
  }
  return explain(error, words);
}
