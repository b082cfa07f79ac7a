import { useNavigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { toggleSidebar } from "@/app/sidebar-state";
import { useWords } from "@/i18n";
import { keepInStep } from "@/library/in-step";
import { closeOver, openPalette, openShortcutHelp, useOver } from "@/library/palette-state";
import { useShortcut } from "@/library/shortcuts";
import { lookAt } from "@/library/unread";

const AHEAD = 1_500;
const ExportDialog = lazy(() => import("@/library/dialogs/export-dialog").then((module) => ({ default: module.ExportDialog })));

/** Whoever presses Ctrl+K types on at once: the palette is there before. */
function loadAhead(): () => void {
  const timer = setTimeout(() => void import("@/library/palette").catch(() => undefined), AHEAD);
  return () => clearTimeout(timer);
}

/** What of the library is there on every page: its shortcuts, which conversation is looked at, the export of everything. */
export function LibraryPresence() {
  const words = useWords().library.shortcuts;
  const navigate = useNavigate();
  const over = useOver();
  const open = useParams({ strict: false, select: (params) => params.conversationId ?? null });
  useEffect(() => lookAt(open), [open]);
  useEffect(keepInStep, []);
  useEffect(loadAhead, []);
  useShortcut("mod+k", () => (over === "palette" ? closeOver() : openPalette()), { id: "palette", label: words.palette });
  useShortcut("mod+shift+o", () => void navigate({ to: "/chat" }), { id: "new-chat", label: words.newChat });
  useShortcut("mod+shift+s", toggleSidebar, { id: "sidebar", label: words.sidebar });
  useShortcut("mod+/", openShortcutHelp, { id: "help", label: words.help });
  return <Suspense fallback={null}>{over === "export" && <ExportDialog conversations={null} onClose={closeOver} />}</Suspense>;
}
