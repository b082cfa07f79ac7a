import { ChevronDown } from "lucide-react";
import { lazy, type ReactNode, Suspense, useId, useState } from "react";
import { AssistantPicture } from "@/assistants/picture";
import type { AssistantLine } from "@/chat/assistants";
import { type Model, useModels } from "@/chat/models";
import { useWords } from "@/i18n";

export interface ModelPickerProps {
  /** Null: whatever is the default. */
  model: string | null;
  /** A model answers from now on. */
  onPick: (id: string) => void;
  /** Who answers, where it is an assistant. */
  assistant?: ShownAssistant | null;
  /** An assistant answers from now on. Absent: there are models alone. */
  onAssistant?: (assistant: AssistantLine) => void;
}

/** What is shown of an assistant. */
export interface ShownAssistant {
  id: string;
  name: string | null;
  picture: string | null;
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
  const { label, name, face } = useChosen(props);
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
      <Face name={name} face={face} />
    </button>
  );
  if (!opened) return closed;
  return (
    <Suspense fallback={closed}>
      <ModelList {...props} />
    </Suspense>
  );
}

export function Face({ name, face }: { name: string; face: ReactNode }) {
  return (
    <>
      {face}
      <span className="truncate">{name}</span>
      <ChevronDown size={16} className="shrink-0" aria-hidden />
    </>
  );
}

/** Who answers, as it is shown: the model itself, the name, a picture, and what a screen reader calls the control. */
export function useChosen({ model, assistant = null }: ModelPickerProps): { chosen: Model | null; name: string; label: string; face: ReactNode } {
  const said = useWords().chat.model;
  const { data: models } = useModels();
  const chosen = models?.find((each) => each.id === model) ?? (model === null ? models?.find((each) => each.standard) : undefined) ?? null;
  if (assistant !== null) {
    const name = assistant.name ?? said.assistant;
    return { chosen: null, name, label: `${said.assistant}: ${name}`, face: <AssistantPicture name={name} src={assistant.picture} size={22} /> };
  }
  const name = chosen?.title ?? model ?? said.byDefault;
  return { chosen, name, label: `${said.label}: ${name}`, face: null };
}
