import { useSyncExternalStore } from "react";
import { remember, remembered } from "@/app/browser";
import type { ptBR } from "./pt-BR";

/** The languages of the interface; pt-BR defines which words there are. */
export type Language = "pt-BR" | "en";
export type Messages = typeof ptBR;
export const LANGUAGES: readonly Language[] = ["pt-BR", "en"];

const KEY = "prosa.language";
const listeners = new Set<() => void>();
let shown: { language: Language; words: Messages } | undefined;

function isLanguage(text: string | null | undefined): text is Language {
  return text === "pt-BR" || text === "en";
}

/** The language to begin with: what was chosen here, else the browser's first that we speak. */
export function preferredLanguage(): Language {
  const kept = remembered(KEY);
  if (isLanguage(kept)) return kept;
  for (const wanted of navigator.languages) {
    if (wanted.toLowerCase().startsWith("pt")) return "pt-BR";
    if (wanted.toLowerCase().startsWith("en")) return "en";
  }
  return "en";
}

/** The language of a profile's or a server's tag, if we speak it. */
export function spoken(tag: string | null | undefined): Language | null {
  if (tag === null || tag === undefined) return null;
  if (tag.toLowerCase().startsWith("pt")) return "pt-BR";
  return tag.toLowerCase().startsWith("en") ? "en" : null;
}

/** Loads the words of a language and shows everything in it; kept in this browser when `keep`. */
export async function loadLanguage(language: Language, keep = false): Promise<void> {
  if (keep) remember(KEY, language);
  if (shown?.language === language) return;
  const words: Messages = language === "pt-BR" ? (await import("./pt-BR")).ptBR : (await import("./en")).en;
  shown = { language, words };
  document.documentElement.lang = language;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function current(): { language: Language; words: Messages } {
  if (shown === undefined) throw new Error("no language is loaded yet");
  return shown;
}

/** The words of the interface, in the language that is shown. */
export function useWords(): Messages {
  return useSyncExternalStore(subscribe, current).words;
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, current).language;
}

/** The words outside of components. */
export function words(): Messages {
  return current().words;
}

export function language(): Language {
  return current().language;
}
