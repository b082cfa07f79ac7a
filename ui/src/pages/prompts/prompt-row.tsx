import { Copy, Ellipsis, Eye, Pencil, Trash2 } from "lucide-react";
import { useWords } from "@/i18n/prompts";
import { plain } from "@/md";
import type { Prompt } from "@/pages/prompts/data";
import { Badge, Button, IconButton, Menu, type MenuItem } from "@/ui";

interface PromptRowProps {
  prompt: Prompt;
  onUse: () => void;
  onOpen: () => void;
  onDuplicate: () => void;
  onRemove: () => void;
}

/** A prompt in the library. */
export function PromptRow({ prompt, onUse, onOpen, onDuplicate, onRemove }: PromptRowProps) {
  const words = useWords().prompts;
  const name = plain(prompt.name);
  const items: MenuItem[] = [
    { label: prompt.editable ? words.edit : words.view, icon: prompt.editable ? <Pencil aria-hidden /> : <Eye aria-hidden />, onSelect: onOpen },
    { label: words.duplicate, icon: <Copy aria-hidden />, onSelect: onDuplicate },
    ...(prompt.editable ? (["separator", { label: words.remove, icon: <Trash2 aria-hidden />, danger: true, onSelect: onRemove }] as const) : []),
  ];
  return (
    <article className="relative flex items-start gap-3 rounded-xl border border-line bg-surface px-4 py-3 hover:border-edge/60">
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <h2 className="min-w-0">
            <button type="button" onClick={onOpen} aria-label={words.open(name)} className="block min-h-6 max-w-full truncate text-left font-medium after:absolute after:inset-0 after:rounded-xl">
              {name}
            </button>
          </h2>
          <span className="max-w-full truncate font-mono text-xs text-muted">/{prompt.command}</span>
          {prompt.shared === "everyone" && <Badge tone="accent">{words.shared}</Badge>}
        </div>
        <p dir="auto" className="mt-0.5 line-clamp-2 text-sm text-muted">
          {plain(prompt.text).slice(0, 400)}
        </p>
        {prompt.variables.length > 0 && <p className="mt-1 truncate text-xs text-muted">{words.variables(prompt.variables.map(plain).join(", "))}</p>}
      </div>
      <div className="relative z-10 flex shrink-0 items-center gap-1">
        <Button aria-label={words.insertOf(name)} onClick={onUse} className="max-sm:hidden">
          {words.insert}
        </Button>
        <Menu
          items={[{ label: words.insert, icon: <Copy aria-hidden className="invisible" />, onSelect: onUse }, ...items]}
          trigger={
            <IconButton label={words.menuOf(name)}>
              <Ellipsis size={18} aria-hidden />
            </IconButton>
          }
        />
      </div>
    </article>
  );
}
