import { explain, isApiError } from "@/api";
import type { Messages } from "@/i18n/assistants";

/** What an error means here, in a sentence. */
export function tell(error: unknown, words: Messages): string {
  if (isApiError(error)) {
    const said = words.assistants;
    if (error.code === "assistant_file_invalid" || error.code === "invalid_body") return said.brought.notAFile;
    if (error.status === 413) return said.brought.tooLarge;
    if (error.code === "too_many_assistants") return said.wrong.many;
    if (error.code === "assistant_not_yours") return said.wrong.notYours;
  }
  return explain(error, words);
}
