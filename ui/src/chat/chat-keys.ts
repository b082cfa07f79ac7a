import { useEffect } from "react";
import { copyText } from "@/app/browser";
import { toast } from "@/app/toast";
import { focusComposer } from "@/chat/composer";
import type { Turn } from "@/chat/types";
import { words } from "@/i18n";

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
  toast(await copyText(code) ? { text: said.chat.notes.copied } : { text: said.common.copyFailed, kind: "error" });
}

/** Keys that work anywhere on a chat's page. By what they write, not where they lie: keyboards differ. */
export function useChatKeys(turns: readonly Turn[]): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const command = (event.ctrlKey || event.metaKey) && event.shiftKey && !event.altKey;
      if (event.key === "Escape" && event.shiftKey) {
        event.preventDefault();
        focusComposer();
      } else if (command && (event.key === ";" || event.key === ":")) {
        event.preventDefault();
        void copyLastCode(turns);
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [turns]);
}
