import { Outlet } from "@tanstack/react-router";
import { useWords } from "@/i18n";
import { Sidebar } from "@/app/sidebar";

/** The frame around every page of somebody who is signed in. */
export function Shell() {
  const words = useWords();
  return (
    <div className="flex min-h-dvh">
      <a href="#content" className="sr-only z-50 rounded-lg bg-raised px-3 py-2 focus:not-sr-only focus:absolute focus:top-2 focus:left-2">
        {words.shell.skip}
      </a>
      <Sidebar />
      <main id="content" tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
        <Outlet />
      </main>
    </div>
  );
}
