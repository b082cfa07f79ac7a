import { Link } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useId, useRef } from "react";
import { AssistantPicture } from "@/assistants/picture";
import { useWords } from "@/i18n/assistants";
import { useTitle } from "@/ui";

interface FrameProps {
  name: string;
  /** Its own name, where it has one. */
  named?: string;
  picture: string | null;
  /** What stands below the name. */
  below?: ReactNode;
  actions: ReactNode;
  children: ReactNode;
}

/** The frame of an assistant's page: whose it is, what can be done with it, and its parts. */
export function Frame({ name, named = name, picture, below, actions, children }: FrameProps) {
  const words = useWords().assistants;
  useTitle(name);
  return (
    <div className="@container mx-auto w-full max-w-7xl px-4 pt-4 pb-16 sm:px-8 sm:pt-6">
      <Link to="/assistants" className="-ml-1.5 inline-flex min-h-8 items-center gap-1 rounded-lg px-1.5 text-sm text-muted hover:text-ink">
        <ChevronLeft size={16} aria-hidden />
        {words.editor.back}
      </Link>
      <header className="mt-2 mb-6 flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <div className="flex min-w-0 items-center gap-3">
          <AssistantPicture name={named} src={picture} />
          <div className="min-w-0">
            <h1 className="line-clamp-2 text-xl leading-7 font-semibold tracking-tight">{name}</h1>
            {below}
          </div>
        </div>
        <div className="flex flex-wrap items-center gap-2">{actions}</div>
      </header>
      {children}
    </div>
  );
}

export type Side = "edit" | "tryOut";

/** Two parts beside each other, where there is room; else one at a time. */
export function Sides({ side, onSide, labels, edit, tryOut }: { side: Side; onSide: (side: Side) => void; labels: Record<Side, string>; edit: ReactNode; tryOut: ReactNode }) {
  const id = useId();
  return (
    <>
      <SideTabs id={id} side={side} onSide={onSide} labels={labels} />
      <div className="items-start gap-6 @4xl:grid @4xl:grid-cols-[minmax(0,1fr)_minmax(22rem,26rem)]">
        <div role="tabpanel" id={`${id}-edit`} aria-labelledby={`${id}-tab-edit`} className={`min-w-0 ${side === "edit" ? "" : "hidden @4xl:block"}`}>
          {edit}
        </div>
        <div role="tabpanel" id={`${id}-tryOut`} aria-labelledby={`${id}-tab-tryOut`} className={`min-w-0 @4xl:sticky @4xl:top-4 ${side === "tryOut" ? "" : "hidden @4xl:block"}`}>
          {tryOut}
        </div>
      </div>
    </>
  );
}

const SIDES: readonly Side[] = ["edit", "tryOut"];

function SideTabs({ id, side, onSide, labels }: { id: string; side: Side; onSide: (side: Side) => void; labels: Record<Side, string> }) {
  const words = useWords().assistants.editor.tabs;
  const row = useRef<HTMLDivElement>(null);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    const other = side === "edit" ? "tryOut" : "edit";
    onSide(other);
    row.current?.querySelector<HTMLElement>(`[data-side=${other}]`)?.focus();
  }

  return (
    <div ref={row} role="tablist" aria-label={words.label} className="mb-5 flex gap-1 border-b border-line @4xl:hidden">
      {SIDES.map((each) => (
        <button
          key={each}
          type="button"
          role="tab"
          id={`${id}-tab-${each}`}
          data-side={each}
          aria-selected={side === each}
          aria-controls={`${id}-${each}`}
          tabIndex={side === each ? 0 : -1}
          onClick={() => onSide(each)}
          onKeyDown={onKeyDown}
          className="-mb-px min-h-11 border-b-2 border-transparent px-3 text-sm font-medium text-muted hover:text-ink aria-selected:border-accent aria-selected:text-ink"
        >
          {labels[each]}
        </button>
      ))}
    </div>
  );
}
