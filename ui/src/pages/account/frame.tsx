import { useQuery } from "@tanstack/react-query";
import { Languages, Monitor, Moon, Sun } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { remembered } from "@/app/browser";
import { Mark } from "@/app/mark";
import { chooseTheme, type Theme, useTheme } from "@/app/theme";
import { loadLanguage, spoken, useLanguage, useWords } from "@/i18n/pages";
import { optionsQuery } from "@/pages/account/options";
import { Button, IconButton, useTitle } from "@/ui";

const ICONS = { system: Monitor, light: Sun, dark: Moon };
const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };

interface FrameProps {
  title: string;
  intro?: ReactNode;
  children?: ReactNode;
  /** Below the box: other ways. */
  foot?: ReactNode;
  /** Above the title, such as which step it is. */
  over?: ReactNode;
  wide?: boolean;
}

/** The frame of the pages for those who aren't signed in yet. */
export function Frame({ title, intro, children, foot, over, wide = false }: FrameProps) {
  const { data: options } = useQuery(optionsQuery);
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(title);
  const wanted = options?.language;
  useTitle(title);

  useEffect(() => {
    const tongue = spoken(wanted === "auto" ? null : wanted);
    if (tongue !== null && remembered("prosa.language") === null) void loadLanguage(tongue);
  }, [wanted]);

  // Another step of the same page is told like another page.
  useEffect(() => {
    if (before.current !== title) heading.current?.focus();
    before.current = title;
  }, [title]);

  return (
    <div className="flex min-h-dvh flex-col pb-[env(safe-area-inset-bottom)]">
      <TopRow name={options?.name ?? "prosa"} />
      <main className="flex flex-1 flex-col items-center px-4 pt-[max(1.5rem,6vh)] pb-16">
        <div className={`w-full ${wide ? "max-w-xl" : "max-w-md"}`}>
          <div className="sm:rounded-2xl sm:border sm:border-line sm:bg-surface sm:p-8">
            {over !== undefined && <p className="mb-2 text-sm text-muted">{over}</p>}
            <h1 ref={heading} tabIndex={-1} className="text-2xl font-semibold tracking-tight outline-none">
              {title}
            </h1>
            {intro !== undefined && <p className="mt-1.5 text-muted">{intro}</p>}
            <div className="mt-6">{children}</div>
          </div>
          {foot !== undefined && <div className="mt-6 flex flex-wrap items-center justify-center gap-x-5 gap-y-2 text-sm">{foot}</div>}
        </div>
      </main>
    </div>
  );
}

function TopRow({ name }: { name: string }) {
  const words = useWords().shell;
  const shown = useLanguage();
  const theme = useTheme();
  const Icon = ICONS[theme];
  return (
    <header className="flex h-16 items-center justify-between gap-3 px-4 sm:px-6">
      <span className="flex min-w-0 items-center gap-2.5 text-lg font-semibold tracking-tight">
        <Mark className="size-7 shrink-0 text-accent" />
        <span className="truncate">{name}</span>
      </span>
      <span className="flex items-center gap-1">
        <Button kind="quiet" icon={<Languages size={17} aria-hidden />} lang={shown === "pt-BR" ? "en" : "pt-BR"} onClick={() => void loadLanguage(shown === "pt-BR" ? "en" : "pt-BR", true)}>
          {shown === "pt-BR" ? "English" : "Português"}
        </Button>
        <IconButton label={`${words.theme}: ${words.themes[theme]}`} onClick={() => chooseTheme(NEXT[theme])}>
          <Icon size={18} aria-hidden />
        </IconButton>
      </span>
    </header>
  );
}

const NOTES = { good: "bg-good-soft text-good", warning: "bg-warning-soft text-warning", plain: "bg-accent-soft text-ink", bad: "bg-danger-soft text-danger" };

/** A quiet box with something to know. */
export function Note({ kind = "plain", children }: { kind?: keyof typeof NOTES; children: ReactNode }) {
  return (
    <div role={kind === "bad" ? "alert" : "status"} className={`rounded-lg px-3.5 py-2.5 text-sm ${NOTES[kind]}`}>
      {children}
    </div>
  );
}

export const LINK = "font-medium text-accent underline decoration-accent/40 underline-offset-4 hover:decoration-accent";
