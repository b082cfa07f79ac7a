import { Dialog } from "@base-ui/react/dialog";
import { Link, useRouterState } from "@tanstack/react-router";
import { Bot, Home, Library, PanelLeftClose, PanelLeftOpen, ScrollText, Search, Settings2, SquarePen } from "lucide-react";
import { lazy, type ReactNode, Suspense, useEffect, useRef } from "react";
import { Mark } from "@/app/mark";
import { usePainted } from "@/app/painted";
import { isAdmin, useMe } from "@/app/session";
import { closeDrawer, toggleSidebar, useSidebar } from "@/app/sidebar-state";
import { UserMenu } from "@/app/user-menu";
import { useWords } from "@/i18n";
import { openPalette } from "@/library/palette-state";
import { IconButton, SkeletonList } from "@/ui";

// The page itself comes before it.
const ConversationList = lazy(() => import("@/library/conversation-list").then((module) => ({ default: module.ConversationList })));

/** The way to everything: beside the page, or over it on small screens. */
export function Sidebar() {
  const { shown, drawer } = useSidebar();
  return (
    <>
      {shown && (
        <div className="sticky top-0 hidden h-dvh w-72 shrink-0 border-r border-line bg-sunken lg:block">
          <Content />
        </div>
      )}
      {drawer && <Drawer />}
    </>
  );
}

/** On small screens: over the page, closed by Escape, by a touch beside it, and by going somewhere. */
function Drawer() {
  const words = useWords().shell;
  const path = useRouterState({ select: (state) => state.location.href });
  const opened = useRef(path);

  useEffect(() => {
    if (path !== opened.current) closeDrawer();
  }, [path]);

  return (
    <Dialog.Root open onOpenChange={(open) => !open && closeDrawer()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-30 bg-black/40 lg:hidden" />
        <Dialog.Popup aria-label={words.navigation} className="fixed inset-y-0 left-0 z-30 w-[min(20rem,86vw)] bg-sunken text-ink outline-none lg:hidden">
          <Content />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Content() {
  const words = useWords();
  const me = useMe();
  const painted = usePainted();
  const waiting = <SkeletonList rows={8} className="h-6" />;
  return (
    <nav aria-label={words.shell.navigation} className="flex h-full flex-col">
      <div className="flex items-center gap-1 px-3 pt-3 pb-2">
        <Link to="/dashboard" className="mr-auto flex items-center gap-2 rounded-lg px-1.5 py-1 font-semibold tracking-tight">
          <Mark className="size-6 text-accent" />
          prosa
        </Link>
        <IconButton label={words.common.search} size="small" onClick={openPalette}>
          <Search size={18} aria-hidden />
        </IconButton>
        <IconButton label={words.shell.hideSidebar} size="small" className="max-lg:hidden" onClick={toggleSidebar}>
          <PanelLeftClose size={18} aria-hidden />
        </IconButton>
      </div>
      <div className="flex flex-col gap-0.5 px-3 pb-2">
        <Way to="/chat" exact icon={<SquarePen size={18} aria-hidden />}>
          {words.shell.newChat}
        </Way>
        <Way to="/dashboard" icon={<Home size={18} aria-hidden />}>
          {words.shell.dashboard}
        </Way>
        <Way to="/assistants" icon={<Bot size={18} aria-hidden />}>
          {words.shell.assistants}
        </Way>
        <Way to="/knowledge" icon={<Library size={18} aria-hidden />}>
          {words.shell.knowledge}
        </Way>
        <Way to="/prompts" icon={<ScrollText size={18} aria-hidden />}>
          {words.shell.prompts}
        </Way>
        {isAdmin(me) && (
          <Way to="/admin" icon={<Settings2 size={18} aria-hidden />}>
            {words.shell.admin}
          </Way>
        )}
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-3 pb-4">
        <Suspense fallback={waiting}>{painted ? <ConversationList /> : waiting}</Suspense>
      </div>
      <div className="border-t border-line p-2 pb-[max(0.5rem,env(safe-area-inset-bottom))]">
        <UserMenu />
      </div>
    </nav>
  );
}

function Way({ to, icon, exact = false, children }: { to: "/chat" | "/dashboard" | "/assistants" | "/knowledge" | "/prompts" | "/admin"; icon: ReactNode; exact?: boolean; children: ReactNode }) {
  return (
    <Link
      to={to}
      activeOptions={{ exact }}
      className="flex min-h-9 items-center gap-2.5 rounded-lg px-2 text-sm font-medium hover:bg-hover aria-[current=page]:bg-selected"
    >
      <span className="text-muted">{icon}</span>
      {children}
    </Link>
  );
}

/** Stands in a page's top row where the sidebar isn't: opens it. */
export function SidebarButton() {
  const words = useWords().shell;
  const { shown } = useSidebar();
  return (
    <>
      <IconButton label={words.openMenu} className="lg:hidden" onClick={toggleSidebar}>
        <PanelLeftOpen size={20} aria-hidden />
      </IconButton>
      {!shown && (
        <IconButton label={words.showSidebar} className="max-lg:hidden" onClick={toggleSidebar}>
          <PanelLeftOpen size={20} aria-hidden />
        </IconButton>
      )}
    </>
  );
}
