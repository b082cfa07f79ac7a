import { useSyncExternalStore } from "react";
import { remember, remembered } from "@/app/browser";

interface SidebarState {
  /** Beside the page, on wide screens. */
  shown: boolean;
  /** Over the page, on narrow ones. */
  drawer: boolean;
}

const KEY = "prosa.sidebar";
const listeners = new Set<() => void>();
let state: SidebarState = { shown: remembered(KEY) !== "hidden", drawer: false };

function become(next: SidebarState): void {
  state = next;
  for (const listener of listeners) listener();
}

/** Shows or hides the sidebar, in the form that this screen has. */
export function toggleSidebar(): void {
  if (!window.matchMedia("(min-width: 64rem)").matches) {
    become({ ...state, drawer: !state.drawer });
    return;
  }
  remember(KEY, state.shown ? "hidden" : null);
  become({ ...state, shown: !state.shown });
}

export function closeDrawer(): void {
  if (state.drawer) become({ ...state, drawer: false });
}

export function useSidebar(): SidebarState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}
