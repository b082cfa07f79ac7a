import { MoreHorizontal } from "lucide-react";
import { useWords } from "@/i18n";
import { IconButton } from "@/ui/button";
import { Menu, type MenuItem } from "@/ui/menu";
import type { Selection } from "@/ui/table-parts";

/** What can be done with a row. */
export function RowMenu({ items, name }: { items: readonly MenuItem[]; name: string }) {
  const words = useWords().common;
  if (items.length === 0) return null;
  const trigger = (
    <IconButton label={words.table.actionsOf(name)} size="small">
      <MoreHorizontal size={18} aria-hidden />
    </IconButton>
  );
  return <Menu trigger={trigger} items={items} />;
}

interface RowTickProps<T> {
  row: T;
  rowKey: (row: T) => string;
  rowName: (row: T) => string;
  selection: Selection;
}

export function RowTick<T>({ row, rowKey, rowName, selection }: RowTickProps<T>) {
  const words = useWords().common;
  const key = rowKey(row);
  const on = selection.chosen.has(key);
  function toggle(): void {
    const next = new Set(selection.chosen);
    if (on) next.delete(key);
    else next.add(key);
    selection.onChange(next);
  }
  return <Tick label={words.table.choose(rowName(row))} checked={on} onChange={toggle} />;
}

export function Tick({ label, checked, onChange }: { label: string; checked: boolean; onChange: () => void }) {
  return <input type="checkbox" aria-label={label} checked={checked} onChange={onChange} className="block size-5 accent-accent" />;
}
