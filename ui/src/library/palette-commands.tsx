import { useNavigate } from "@tanstack/react-router";
import { Archive, Bot, Download, Ghost, House, Keyboard, Languages, Library, Link2, Monitor, Moon, ScrollText, Search, Settings2, SquarePen, Sun, Trash2, Upload, User } from "lucide-react";
import type { ReactNode } from "react";
import { isAdmin, useMe } from "@/app/session";
import { chooseTheme, type Theme, useTheme } from "@/app/theme";
import { loadLanguage, useLanguage, useWords } from "@/i18n";
import { openExport, openShortcutHelp } from "@/library/palette-state";
import { runShortcut, useKeys } from "@/library/shortcuts";

export interface Command {
  id: string;
  label: string;
  icon: ReactNode;
  run: () => void;
  keys?: string | null;
}

/** What can be done from anywhere. */
export function usePaletteCommands(): Command[] {
  const words = useWords();
  const said = words.library.palette;
  const navigate = useNavigate();
  const me = useMe();
  const newChat = useKeys("new-chat");
  const help = useKeys("help");
  const temporary = useKeys("temporary");
  return [
    { id: "new", label: words.shell.newChat, icon: <SquarePen aria-hidden />, keys: newChat, run: () => void navigate({ to: "/chat" }) },
    { id: "temporary", label: said.temporary, icon: <Ghost aria-hidden />, keys: temporary, run: () => runShortcut("temporary") || void navigate({ to: "/chat", hash: "temporary" }) },
    { id: "dashboard", label: words.shell.dashboard, icon: <House aria-hidden />, run: () => void navigate({ to: "/dashboard" }) },
    { id: "assistants", label: words.shell.assistants, icon: <Bot aria-hidden />, run: () => void navigate({ to: "/assistants" }) },
    { id: "knowledge", label: words.shell.knowledge, icon: <Library aria-hidden />, run: () => void navigate({ to: "/knowledge" }) },
    { id: "prompts", label: words.shell.prompts, icon: <ScrollText aria-hidden />, run: () => void navigate({ to: "/prompts" }) },
    { id: "search", label: words.library.search.title, icon: <Search aria-hidden />, run: () => void navigate({ to: "/search" }) },
    { id: "archive", label: words.shell.archive, icon: <Archive aria-hidden />, run: () => void navigate({ to: "/archive" }) },
    { id: "shares", label: words.shell.shares, icon: <Link2 aria-hidden />, run: () => void navigate({ to: "/shares" }) },
    { id: "trash", label: words.shell.trash, icon: <Trash2 aria-hidden />, run: () => void navigate({ to: "/trash" }) },
    { id: "import", label: said.import, icon: <Upload aria-hidden />, run: () => void navigate({ to: "/import" }) },
    { id: "export", label: said.exportAll, icon: <Download aria-hidden />, run: openExport },
    { id: "profile", label: words.shell.profile, icon: <User aria-hidden />, run: () => void navigate({ to: "/profile" }) },
    ...(isAdmin(me) ? [{ id: "admin", label: words.shell.admin, icon: <Settings2 aria-hidden />, run: () => void navigate({ to: "/admin" }) }] : []),
    { id: "shortcuts", label: words.library.shortcuts.title, icon: <Keyboard aria-hidden />, keys: help, run: openShortcutHelp },
    ...useLooks(),
  ];
}

/** Themes and languages other than the ones that are shown. */
function useLooks(): Command[] {
  const said = useWords().library.palette;
  const theme = useTheme();
  const language = useLanguage();
  const themes: [Theme, string, ReactNode][] = [
    ["light", said.toLight, <Sun key="light" aria-hidden />],
    ["dark", said.toDark, <Moon key="dark" aria-hidden />],
    ["system", said.toSystem, <Monitor key="system" aria-hidden />],
  ];
  const other = language === "en" ? ("pt-BR" as const) : ("en" as const);
  return [
    ...themes.filter(([each]) => each !== theme).map(([each, label, icon]): Command => ({ id: `theme-${each}`, label, icon, run: () => chooseTheme(each) })),
    { id: "language", label: other === "en" ? said.toEnglish : said.toPortuguese, icon: <Languages aria-hidden />, run: () => void loadLanguage(other, true) },
  ];
}
