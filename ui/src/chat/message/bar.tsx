import { Ellipsis } from "lucide-react";
import type { ReactNode } from "react";
import { useWords } from "@/i18n";
import { IconButton, Menu, type MenuItem } from "@/ui";

/** What can be done with a turn: seen when it is pointed at or focused, always on touch and for the newest. */
export function Bar({ last, end = false, children }: { last: boolean; end?: boolean; children: ReactNode }) {
  const words = useWords().message;
  const hidden = "opacity-0 group-focus-within/turn:opacity-100 group-hover/turn:opacity-100 has-aria-expanded:opacity-100 pointer-coarse:opacity-100";
  return (
    <div role="group" aria-label={words.actions} className={`mt-1 flex min-h-8 flex-wrap items-center gap-x-0.5 transition-opacity ${end ? "justify-end" : "-ml-2"} ${last ? "" : hidden}`}>
      {children}
    </div>
  );
}

/** Further things, if there are any. */
export function More({ items }: { items: readonly MenuItem[] }) {
  const words = useWords().common;
  if (items.length === 0) return null;
  return (
    <Menu
      align="start"
      items={items}
      trigger={
        <IconButton size="small" label={words.more}>
          <Ellipsis size={16} aria-hidden />
        </IconButton>
      }
    />
  );
}
