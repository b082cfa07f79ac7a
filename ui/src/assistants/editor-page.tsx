import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Bot } from "lucide-react";
import { useState } from "react";
import { isApiError } from "@/api";
import { type Assistant, assistantQuery } from "@/assistants/data";
import { Editor } from "@/assistants/editor";
import { Reading } from "@/assistants/reading";
import { useWords } from "@/i18n/assistants";
import { buttonClass, EmptyState, ErrorState, Page, SkeletonList } from "@/ui";

/** An assistant to be. */
export function NewAssistantPage() {
  return <Editor found={null} />;
}

/** An assistant: to be edited by who may, to be read by others. */
export function AssistantPage() {
  const words = useWords();
  const said = words.assistants;
  const { assistantId } = useParams({ from: "/inside/assistants/$assistantId" });
  const { data: found, error, refetch } = useQuery(assistantQuery(assistantId));
  if (found !== undefined) return <Found key={found.id} found={found} />;
  return (
    <Page title={said.title}>
      {error === null ? (
        <SkeletonList rows={4} className="h-24" />
      ) : isApiError(error) && error.status === 404 ? (
        <EmptyState
          icon={<Bot aria-hidden />}
          title={said.editor.missing.title}
          action={
            <Link to="/assistants" className={buttonClass()}>
              {said.editor.missing.back}
            </Link>
          }
        >
          {said.editor.missing.text}
        </EmptyState>
      ) : (
        <ErrorState error={error} onRetry={() => void refetch()} />
      )}
    </Page>
  );
}

/** Who may not change it any more while they do loses nothing that they wrote: they hear it when they save. */
function Found({ found }: { found: Assistant }) {
  const [edits] = useState(found.right !== "use");
  return edits ? <Editor found={found} /> : <Reading assistant={found} />;
}
