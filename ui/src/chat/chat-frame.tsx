import type { ReactNode } from "react";
import { useOnline } from "@/app/offline";
import { SidebarButton } from "@/app/sidebar";

/** A chat fills the window: its own row on top, the thread, the composer below. */
export function ChatFrame({ heading, actions, children }: { heading: ReactNode; actions?: ReactNode; children: ReactNode }) {
  // The note that there is no network takes its place from it.
  const height = useOnline() ? "h-dvh" : "h-[calc(100dvh-2.25rem)]";
  return (
    <div className={`flex ${height} min-w-0 flex-col`}>
      <header className="flex h-14 shrink-0 items-center gap-1 px-2 sm:gap-2 sm:px-3">
        <SidebarButton />
        <div className="flex min-w-0 flex-1 items-center gap-1">{heading}</div>
        <div className="flex shrink-0 items-center gap-0.5">{actions}</div>
      </header>
      {children}
    </div>
  );
}

/** Where the composer stands, with room for what phones have at their lower edge. */
export function ChatFoot({ children, note }: { children: ReactNode; note?: ReactNode }) {
  return (
    <div className="mx-auto w-full max-w-3xl shrink-0 px-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:px-6">
      {children}
      {note !== undefined && <p className="pt-2 text-center text-xs text-muted">{note}</p>}
    </div>
  );
}
