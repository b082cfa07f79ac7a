import { ChevronDown } from "lucide-react";
import { lazy, Suspense, useId, useState } from "react";
import { type Model, useModels } from "@/chat/models";
import { useWords } from "@/i18n";

export interface ModelPickerProps {
  /** Null: whatever is the default. */
  model: string | null;
  onPick: (id: string) => void;
}

export const TRIGGER =
  "flex min-h-9 max-w-full min-w-0 items-center gap-1.5 rounded-lg px-2.5 text-sm text-muted transition-colors hover:bg-hover hover:text-ink data-popup-open:bg-hover";

// The list is a large piece of code, and most chats never open it: it comes when somebody reaches for it.
const load = () => import("@/chat/model-list");
const ModelList = lazy(async () => ({ default: (await load()).ModelList }));

/** The model that answers, chosen from a list that can be searched. */
export function ModelPicker(props: ModelPickerProps) {
  const [opened, setOpened] = useState(false);
  const list = useId();
  const { label, name } = useChosen(props.model);
  const closed = (
    <button
      type="button"
      role="combobox"
      aria-label={label}
      aria-haspopup="dialog"
      aria-controls={list}
      aria-expanded={false}
      aria-busy={opened}
      className={TRIGGER}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => setOpened(true)}
      onKeyDown={(event) => (event.key === "ArrowDown" || event.key === "ArrowUp") && setOpened(true)}
    >
      <Face name={name} />
    </button>
  );
  if (!opened) return closed;
  return (
    <Suspense fallback={closed}>
      <ModelList {...props} />
    </Suspense>
  );
}

export function Face({ name }: { name: string }) {
  return (
    <>
      <span className="truncate">{name}</span>
      <ChevronDown size={16} className="shrink-0" aria-hidden />
    </>
  );
}

/** The model as it is shown: itself, its name, and what a screen reader calls the control. */
export function useChosen(model: string | null): { chosen: Model | null; name: string; label: string } {
  const said = useWords().chat.model;
  const { data: models } = useModels();
  const chosen = models?.find((each) => each.id === model) ?? (model === null ? models?.find((each) => each.standard) : undefined) ?? null;
  const name = chosen?.title ?? model ?? said.byDefault;
  return { chosen, name, label: `${said.label}: ${name}` };
}
