// An answer that ends while nobody looks: a mark on the tab's title, and a notification where the person asked for one.
import { useSyncExternalStore } from "react";
import { remember, remembered } from "@/app/browser";

const KEY = "prosa.notify";
const listeners = new Set<() => void>();
let marked = false;

function mark(now: boolean): void {
  if (marked === now) return;
  marked = now;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") mark(false);
});

/** Whether an answer has ended since the person looked here last. */
export function useMarked(): boolean {
  return useSyncExternalStore(subscribe, () => marked);
}

export type Notifying = "on" | "off" | "denied" | "unknown";

/** "unknown": this browser, or this address, has no notifications. */
export function notifying(): Notifying {
  if (typeof Notification === "undefined" || !window.isSecureContext) return "unknown";
  if (Notification.permission === "denied") return "denied";
  return Notification.permission === "granted" && remembered(KEY) === "yes" ? "on" : "off";
}

export function useNotifying(): Notifying {
  return useSyncExternalStore(subscribe, notifying);
}

/** Only by a click: asks for the permission where it is needed. */
export async function switchNotifying(): Promise<Notifying> {
  if (notifying() === "on") remember(KEY, null);
  else if (notifying() === "off" && (await Notification.requestPermission()) === "granted") remember(KEY, "yes");
  for (const listener of listeners) listener();
  return notifying();
}

/** An answer has ended. `go`: shows it. */
export function answered(title: string, text: string, tag: string, go: () => void): void {
  if (document.visibilityState === "visible") return;
  mark(true);
  if (notifying() !== "on") return;
  const note = new Notification(title, { body: text, tag });
  note.onclick = () => {
    window.focus();
    go();
    note.close();
  };
}
