import { useSyncExternalStore } from "react";
import { remembered, remember } from "@/app/browser";

/** What the person chose; "system" follows the machine. */
export type Theme = "system" | "light" | "dark";

const KEY = "prosa.theme";
const listeners = new Set<() => void>();
const dark = () => window.matchMedia("(prefers-color-scheme: dark)");

export function chosenTheme(): Theme {
  const kept = remembered(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

function apply(): void {
  const theme = chosenTheme();
  const shown = theme === "system" ? (dark().matches ? "dark" : "light") : theme;
  document.documentElement.dataset["theme"] = shown;
}

export function chooseTheme(theme: Theme): void {
  remember(KEY, theme === "system" ? null : theme);
  apply();
  for (const listener of listeners) listener();
}

/** Puts the theme on the page, and keeps it when the machine's own changes. */
export function startTheme(): void {
  apply();
  dark().addEventListener("change", apply);
  window.addEventListener("storage", (event) => {
    if (event.key === KEY) chooseTheme(chosenTheme());
  });
}

export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, chosenTheme);
}
