import { Toast } from "@base-ui/react/toast";
import { useSyncExternalStore } from "react";

/** What a toast says; `error` stays longer and is told at once to those who hear the page. */
export interface Notice {
  text: string;
  kind?: "done" | "error";
  action?: { label: string; run: () => void };
}

export const manager = Toast.createToastManager();
const early: Notice[] = [];
const waiting = new Set<() => void>();
let shown = false;

/** Whether something is to be told: only then comes what shows it. */
export function useTold(): boolean {
  return useSyncExternalStore(
    (listener) => {
      waiting.add(listener);
      return () => waiting.delete(listener);
    },
    () => shown || early.length > 0,
  );
}

/** There is something that shows toasts: those of before are shown too, once it listens. */
export function begin(): () => void {
  const timer = setTimeout(() => {
    shown = true;
    for (const notice of early.splice(0)) toast(notice);
  });
  return () => {
    clearTimeout(timer);
    shown = false;
  };
}

export function toast({ text, kind = "done", action }: Notice): void {
  if (!shown) {
    early.push({ text, kind, ...(action && { action }) });
    for (const listener of waiting) listener();
    return;
  }
  const id: string = manager.add({
    description: text,
    type: kind,
    priority: kind === "error" ? "high" : "low",
    timeout: action === undefined && kind === "done" ? 4_000 : 10_000,
    ...(action && {
      actionProps: {
        children: action.label,
        onClick: () => {
          manager.close(id);
          action.run();
        },
      },
    }),
  });
}
