import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { Assistant } from "@/assistants/data";
import type { AssistantDraft } from "@/assistants/draft";
import { Editing, isDirty } from "@/assistants/editing";
import { type Problems, problemsOf } from "@/assistants/problems";
import { useWords } from "@/i18n/assistants";

/** What every part of the form is given. */
export interface FormPart {
  draft: AssistantDraft;
  put: (changes: Partial<AssistantDraft>) => void;
  problems: Problems;
}

/** An assistant that is being edited; null: one to be. */
export function useEditing(found: Assistant | null) {
  const words = useWords();
  const navigate = useNavigate();
  const [editing] = useState(() => new Editing(found, (made) => void navigate({ to: "/assistants/$assistantId", params: { assistantId: made.id }, replace: true })));
  const state = useSyncExternalStore(editing.subscribe, editing.snapshot);
  const dirty = useMemo(() => isDirty(state), [state]);
  const seen = useMemo(() => problemsOf(state.draft, words), [state.draft, words]);
  const problems: Problems = { ...state.refused.problems, ...(state.checked ? seen : quiet(seen)) };
  useEffect(() => {
    if (found !== null) editing.hear(found);
  }, [editing, found]);
  return { editing, ...state, dirty, problems };
}

/** That something is empty is told when somebody wants to save, not before they wrote it. */
function quiet({ name: _name, schemaName: _schemaName, schema: _schema, ...others }: Problems): Problems {
  return others;
}
