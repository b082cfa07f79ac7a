import { Monitor, Moon, Sun } from "lucide-react";
import type { Theme } from "@/app/theme";
import { useWords } from "@/i18n/pages";

const ICONS = { system: Monitor, light: Sun, dark: Moon };
const THEMES: readonly Theme[] = ["system", "light", "dark"];

/** Light, dark, or as the machine has it. */
export function ThemeChoice({ value, onChange }: { value: Theme; onChange: (theme: Theme) => void }) {
  const words = useWords().shell;
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">{words.theme}</legend>
      <div className="grid max-w-md grid-cols-3 gap-2">
        {THEMES.map((theme) => {
          const Icon = ICONS[theme];
          return (
            <label
              key={theme}
              className="flex min-h-16 flex-col items-center justify-center gap-1.5 rounded-lg border border-line px-2 py-2.5 text-center text-sm hover:bg-hover has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
            >
              <input type="radio" name="theme" value={theme} checked={value === theme} onChange={() => onChange(theme)} className="sr-only" />
              <Icon size={18} aria-hidden />
              {words.themes[theme]}
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}
