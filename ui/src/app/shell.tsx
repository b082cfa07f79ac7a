import { Outlet, useMatchRoute, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef } from "react";
import { followChanges } from "@/app/changes";
import { OfflineNote } from "@/app/offline";
import { usePainted } from "@/app/painted";
import { Sidebar, SidebarButton } from "@/app/sidebar";
import { useSidebar } from "@/app/sidebar-state";
import { useWords } from "@/i18n";
import { useOver } from "@/library/palette-state";
import { LibraryPresence } from "@/library/presence";

/** The frame around every page of somebody who is signed in. */
export function Shell() {
  const words = useWords();
  const painted = usePainted();
  useEffect(() => (painted ? followChanges() : undefined), [painted]);
  return (
    <div className="flex min-h-dvh">
      <a href="#content" className="sr-only z-50 rounded-lg bg-raised px-3 py-2 focus:not-sr-only focus:absolute focus:top-2 focus:left-2">
        {words.shell.skip}
      </a>
      <Sidebar />
      <main id="content" tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
        <OfflineNote />
        <TopRow />
        <Outlet />
      </main>
      <FocusOnTheWay />
      <LibraryPresence />
      <Overlay />
    </div>
  );
}

/** The way to the sidebar where it isn't seen. A chat has a row of its own. */
function TopRow() {
  const match = useMatchRoute();
  const { shown } = useSidebar();
  if (match({ to: "/chat", fuzzy: true })) return null;
  return (
    <div className={`sticky top-0 z-20 flex h-14 items-center bg-ground/90 px-2 backdrop-blur-sm ${shown ? "lg:hidden" : ""}`}>
      <SidebarButton />
    </div>
  );
}

/** Whoever goes to another page by a link goes on reading there, and not at the link. */
function FocusOnTheWay() {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    const content = document.getElementById("content");
    if (content !== null && !content.contains(document.activeElement)) content.focus({ preventScroll: true });
  }, [path]);
  return null;
}

const Palette = lazy(() => import("@/library/palette").then((module) => ({ default: module.Palette })));
const ShortcutHelp = lazy(() => import("@/library/shortcut-help").then((module) => ({ default: module.ShortcutHelp })));

function Overlay() {
  const over = useOver();
  return (
    <Suspense fallback={null}>
      {over === "palette" && <Palette />}
      {over === "shortcuts" && <ShortcutHelp />}
    </Suspense>
  );
}
