import { copyText } from "@/app/browser";
import { toast } from "@/app/toast";
import { focusComposer } from "@/chat/composer";
import type { Turn } from "@/chat/types";
import { useWords, words } from "@/i18n";
import { useShortcut } from "@/library/shortcuts";

/** The last piece of code in the last answer that has one. */
export function lastCode(turns: readonly Turn[]): string | null {
  for (const turn of turns.toReversed()) {
    if (turn.role !== "answer") continue;
    const text = turn.parts.flatMap((part) => (part.kind === "text" ? [part.text] : [])).join("\n\n");
    const found = [...text.matchAll(/^ {0,3}(`{3,}|~{3,})[^\n]*\n([\s\S]*?)(?:^ {0,3}\1|$(?![\s\S]))/gm)].at(-1);
    if (found?.[2] !== undefined) return found[2].replace(/\n$/, "");
  }
  return null;
}

export async function copyLastCode(turns: readonly Turn[]): Promise<void> {
  const said = words();
  const code = lastCode(turns);
  if (code === null) return toast({ text: said.chat.notes.noCode });
  toast((await copyText(code)) ? { text: said.chat.notes.copied } : { text: said.common.copyFailed, kind: "error" });
}

/** Keys that work anywhere on a chat's page. */
export function useChatKeys(turns: readonly Turn[]): void {
  const said = useWords().chat.shortcuts;
  useShortcut("shift+escape", focusComposer, { id: "composer", label: said.focus });
  useShortcut("mod+shift+;", () => void copyLastCode(turns), { id: "copy-code", label: said.copyCode });
}
