import { Menu as Base } from "@base-ui/react/menu";
import type { ReactElement, ReactNode } from "react";

/** One line of a menu; "separator" draws a line. */
export type MenuItem =
  | "separator"
  | { label: ReactNode; icon?: ReactNode; onSelect: () => void; danger?: boolean; disabled?: boolean; hint?: ReactNode };

interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement<Record<string, unknown>>;
  items: readonly MenuItem[];
  align?: "start" | "end";
}

export function Menu({ trigger, items, align = "end" }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} align={align} className="z-50 outline-none">
          <Base.Popup className="max-h-(--available-height) min-w-52 overflow-y-auto rounded-xl border border-line bg-raised p-1 text-sm text-ink shadow-overlay outline-none">
            {items.map((item, index) =>
              item === "separator" ? (
                <Base.Separator key={`line-${index}`} className="my-1 h-px bg-line" />
              ) : (
                <Base.Item
                  key={index}
                  disabled={item.disabled ?? false}
                  onClick={item.onSelect}
                  className={`flex min-h-9 cursor-pointer items-center gap-2.5 rounded-lg px-2.5 outline-none select-none data-disabled:opacity-50 data-highlighted:bg-hover ${item.danger ? "text-danger" : ""}`}
                >
                  {item.icon !== undefined && <span className="text-muted [&_svg]:size-4">{item.icon}</span>}
                  <span className="min-w-0 flex-1">{item.label}</span>
                  {item.hint !== undefined && <span className="text-xs text-muted">{item.hint}</span>}
                </Base.Item>
              ),
            )}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
