import { ChevronRight } from "lucide-react";
import { type ReactNode, useId, useState } from "react";

interface FoldProps {
  icon?: ReactNode;
  label: ReactNode;
  /** Stands after the label, in small. */
  hint?: ReactNode;
  children: ReactNode;
}

/** One line that opens to what lies behind it. What is folded isn't drawn. */
export function Fold({ icon, label, hint, children }: FoldProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <div className="my-1">
      <button
        type="button"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
        className="-mx-2 inline-flex min-h-8 max-w-full items-center gap-2 rounded-lg px-2 text-left text-sm text-muted transition-colors hover:bg-hover hover:text-ink"
      >
        {icon}
        <span className="min-w-0 truncate">{label}</span>
        {hint !== undefined && <span className="shrink-0 text-xs">{hint}</span>}
        <ChevronRight size={15} aria-hidden className={`shrink-0 transition-transform ${open ? "rotate-90" : ""}`} />
      </button>
      {open && (
        <div id={id} className="mt-1 mb-3 border-l-2 border-line pl-4">
          {children}
        </div>
      )}
    </div>
  );
}
