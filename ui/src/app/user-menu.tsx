import { useNavigate } from "@tanstack/react-router";
import { Archive, ChevronsUpDown, Keyboard, Languages, Link2, LogOut, Monitor, Moon, Sun, Trash2, UserRound } from "lucide-react";
import { signOut, useMe } from "@/app/session";
import { chooseTheme, type Theme, useTheme } from "@/app/theme";
import { toast } from "@/app/toast";
import { explain } from "@/api";
import { loadLanguage, useLanguage, useWords } from "@/i18n";
import { openShortcutHelp } from "@/library/palette-state";
import { Menu, type MenuItem } from "@/ui";
import { Avatar } from "@/ui/avatar";

const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };
const ICONS = { system: <Monitor aria-hidden />, light: <Sun aria-hidden />, dark: <Moon aria-hidden /> };

/** Who is signed in, and what belongs to them. */
export function UserMenu() {
  const words = useWords();
  const me = useMe();
  const theme = useTheme();
  const shown = useLanguage();
  const navigate = useNavigate();

  async function leave(): Promise<void> {
    try {
      await signOut();
      await navigate({ to: "/sign-in" });
    } catch (error) {
      toast({ kind: "error", text: explain(error, words) });
    }
  }

  const items: MenuItem[] = [
    { label: words.shell.profile, icon: <UserRound aria-hidden />, onSelect: () => void navigate({ to: "/profile" }) },
    { label: words.shell.archive, icon: <Archive aria-hidden />, onSelect: () => void navigate({ to: "/archive" }) },
    { label: words.shell.trash, icon: <Trash2 aria-hidden />, onSelect: () => void navigate({ to: "/trash" }) },
    { label: words.shell.shares, icon: <Link2 aria-hidden />, onSelect: () => void navigate({ to: "/shares" }) },
    "separator",
    { label: words.shell.theme, icon: ICONS[theme], hint: words.shell.themes[theme], onSelect: () => chooseTheme(NEXT[theme]) },
    {
      label: words.shell.language,
      icon: <Languages aria-hidden />,
      hint: shown === "pt-BR" ? "Português" : "English",
      onSelect: () => void loadLanguage(shown === "pt-BR" ? "en" : "pt-BR", true),
    },
    { label: words.shell.shortcuts, icon: <Keyboard aria-hidden />, onSelect: openShortcutHelp },
    "separator",
    { label: words.shell.signOut, icon: <LogOut aria-hidden />, onSelect: () => void leave() },
  ];
  const name = me.name || me.email;
  return (
    <Menu
      align="start"
      items={items}
      trigger={
        <button type="button" className="flex w-full items-center gap-2.5 rounded-lg p-1.5 text-left hover:bg-hover">
          <Avatar name={name} size={32} own />
          <span className="sr-only">{words.shell.account}</span>
          <span className="min-w-0 flex-1 truncate text-sm font-medium">{name}</span>
          <ChevronsUpDown size={16} className="shrink-0 text-muted" aria-hidden />
        </button>
      }
    />
  );
}
