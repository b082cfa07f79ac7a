import { useNavigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { toggleSidebar } from "@/app/sidebar-state";
import { useWords } from "@/i18n";
import { closeOver, openPalette, openShortcutHelp, useOver } from "@/library/palette-state";
import { useShortcut } from "@/library/shortcuts";
import { lookAt } from "@/library/unread";

const ExportDialog = lazy(() => import("@/library/dialogs/export-dialog").then((module) => ({ default: module.ExportDialog })));

/** What of the library is there on every page: its shortcuts, which conversation is looked at, the export of everything. */
export function LibraryPresence() {
  const words = useWords().library.shortcuts;
  const navigate = useNavigate();
  const over = useOver();
  const open = useParams({ strict: false, select: (params) => params.conversationId ?? null });
  useEffect(() => lookAt(open), [open]);
  useShortcut("mod+k", () => (over === "palette" ? closeOver() : openPalette()), { id: "palette", label: words.palette });
  useShortcut("mod+shift+o", () => void navigate({ to: "/chat" }), { id: "new-chat", label: words.newChat });
  useShortcut("mod+shift+s", toggleSidebar, { id: "sidebar", label: words.sidebar });
  useShortcut("mod+/", openShortcutHelp, { id: "help", label: words.help });
  return <Suspense fallback={null}>{over === "export" && <ExportDialog conversations={null} onClose={closeOver} />}</Suspense>;
}
