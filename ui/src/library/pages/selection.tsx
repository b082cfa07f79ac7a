import { X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useWords } from "@/i18n";
import { Checkbox, IconButton } from "@/ui";

export interface Selection {
  ids: ReadonlySet<string>;
  has: (id: string) => boolean;
  toggle: (id: string) => void;
  /** Selects all that is shown, or nothing. */
  all: (ids: readonly string[]) => void;
  clear: () => void;
}

/** Which rows of a page are ticked. What isn't shown any more isn't selected any more. */
export function useSelection(shown: readonly string[]): Selection {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const ids = new Set(shown.filter((id) => ticked.has(id)));

  function toggle(id: string): void {
    const next = new Set(ids);
    if (!next.delete(id)) next.add(id);
    setTicked(next);
  }

  return { ids, has: (id) => ids.has(id), toggle, all: (each) => setTicked(new Set(each)), clear: () => setTicked(new Set()) };
}

/** Over a list: select all, and once something is selected, what can be done with it. */
export function SelectionBar({ selection, shown, children }: { selection: Selection; shown: readonly string[]; children: ReactNode }) {
  const words = useWords();
  const said = words.library.actions;
  const count = selection.ids.size;
  return (
    <div role="toolbar" aria-label={said.selection} className={`sticky top-2 z-10 mb-2 flex min-h-12 flex-wrap items-center gap-x-2 gap-y-1 rounded-xl px-3 ${count > 0 ? "border border-line bg-raised py-1 shadow-overlay" : "border border-transparent"}`}>
      <Checkbox
        label={count === 0 ? said.selectAll : said.selected(count)}
        className="mr-auto items-center"
        checked={count > 0 && count === shown.length}
        ref={(box) => {
          if (box !== null) box.indeterminate = count > 0 && count < shown.length;
        }}
        onChange={() => (count === shown.length ? selection.clear() : selection.all(shown))}
      />
      {count > 0 && (
        <>
          {children}
          <IconButton label={words.common.clear} size="small" onClick={selection.clear}>
            <X size={16} aria-hidden />
          </IconButton>
        </>
      )}
    </div>
  );
}

interface TickedRowProps {
  id: string;
  name: string;
  selection: Selection;
  children: ReactNode;
  actions?: ReactNode;
}

/** A line of such a list. */
export function TickedRow({ id, name, selection, children, actions }: TickedRowProps) {
  const words = useWords().library.actions;
  return (
    <li className={`flex items-center gap-3 rounded-xl px-3 py-2.5 ${selection.has(id) ? "bg-accent-soft" : "hover:bg-hover"}`}>
      <span className="grid size-6 shrink-0 place-items-center">
        <input type="checkbox" aria-label={words.selectOne(name)} checked={selection.has(id)} onChange={() => selection.toggle(id)} className="size-5 accent-accent" />
      </span>
      <div className="min-w-0 flex-1">{children}</div>
      {actions !== undefined && <div className="flex shrink-0 items-center">{actions}</div>}
    </li>
  );
}
