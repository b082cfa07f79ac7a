import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Plus, ScrollText, Search } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { explain } from "@/api";
import { useMe } from "@/app/session";
import { toast } from "@/app/toast";
import { keepWritten } from "@/chat/drafts";
import { useWords } from "@/i18n/prompts";
import { plain } from "@/md";
import { createPrompt, deletePrompt, type Prompt, promptPages } from "@/pages/prompts/data";
import { PromptDialog } from "@/pages/prompts/prompt-dialog";
import { PromptRow } from "@/pages/prompts/prompt-row";
import { Button, Confirm, EmptyState, ErrorState, Page, SkeletonList, TextInput } from "@/ui";

const FillPrompt = lazy(() => import("@/chat/mention/fill-prompt").then((module) => ({ default: module.FillPrompt })));

const PAUSE_MS = 200;

/** What a person looks for, once they have paused. */
function usePaused(text: string): string {
  const [paused, setPaused] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return paused;
}

type Open = { what: "form"; prompt: Prompt | null } | { what: "fill" | "remove"; prompt: Prompt } | null;

/** The prompt library. */
export function PromptsPage() {
  const words = useWords();
  const said = words.prompts;
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState<Open>(null);
  const intoChat = useInChat();
  const close = (): void => setOpen(null);
  const wanted = usePaused(search.trim());

  function begin(prompt: Prompt): void {
    if (prompt.variables.length > 0) setOpen({ what: "fill", prompt });
    else intoChat(prompt.text);
  }

  return (
    <Page
      title={said.title}
      description={said.description}
      actions={
        <Button kind="primary" icon={<Plus size={16} aria-hidden />} onClick={() => setOpen({ what: "form", prompt: null })}>
          {said.fresh}
        </Button>
      }
    >
      <div className="relative mb-4">
        <Search size={17} aria-hidden className="pointer-events-none absolute top-1/2 left-3 -translate-y-1/2 text-muted" />
        <TextInput type="search" aria-label={said.search} placeholder={said.search} value={search} onChange={(event) => setSearch(event.target.value)} className="pl-9" />
      </div>
      <List search={wanted} onUse={begin} onOpen={(prompt) => setOpen({ what: "form", prompt })} onRemove={(prompt) => setOpen({ what: "remove", prompt })} />
      {open?.what === "form" && <PromptDialog prompt={open.prompt} onClose={close} />}
      <Suspense fallback={null}>{open?.what === "fill" && <FillPrompt prompt={open.prompt} onUse={intoChat} onClose={close} />}</Suspense>
      {open?.what === "remove" && <Remove prompt={open.prompt} onClose={close} />}
    </Page>
  );
}

/** A new chat, with the text in its field. */
function useInChat(): (text: string) => void {
  const me = useMe();
  const navigate = useNavigate();
  return (text) => {
    keepWritten(me.id, "new", { text, files: [] });
    void navigate({ to: "/chat" });
  };
}

interface ListProps {
  search: string;
  onUse: (prompt: Prompt) => void;
  onOpen: (prompt: Prompt) => void;
  onRemove: (prompt: Prompt) => void;
}

function List({ search, onUse, onOpen, onRemove }: ListProps) {
  const words = useWords();
  const said = words.prompts;
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(promptPages(search));
  if (data === undefined && error !== null) return <ErrorState error={error} title={said.failed} onRetry={() => void refetch()} />;
  if (data === undefined) return <SkeletonList rows={5} className="h-20" />;
  const prompts = data.pages.flatMap((page) => page.data);
  if (prompts.length === 0) {
    return (
      <EmptyState icon={<ScrollText aria-hidden />} title={search === "" ? said.emptyTitle : said.noneTitle}>
        {search === "" ? said.emptyText : said.noneText}
      </EmptyState>
    );
  }

  async function duplicate(prompt: Prompt): Promise<void> {
    try {
      const made = await createPrompt({ name: said.copyOf(prompt.name).slice(0, 120), text: prompt.text, shared: "private" });
      toast({ text: said.duplicated(plain(made.name)) });
    } catch (failure) {
      toast({ kind: "error", text: said.notDone(explain(failure, words)) });
    }
  }

  return (
    <>
      <ul aria-label={said.list} className="flex flex-col gap-2">
        {prompts.map((prompt) => (
          <li key={prompt.id}>
            <PromptRow prompt={prompt} onUse={() => onUse(prompt)} onOpen={() => onOpen(prompt)} onDuplicate={() => void duplicate(prompt)} onRemove={() => onRemove(prompt)} />
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <div className="mt-4 flex justify-center">
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {said.more}
          </Button>
        </div>
      )}
    </>
  );
}

function Remove({ prompt, onClose }: { prompt: Prompt; onClose: () => void }) {
  const words = useWords();
  const said = words.prompts;
  const name = plain(prompt.name);
  return (
    <Confirm
      open
      onClose={onClose}
      title={said.removeTitle(name)}
      text={prompt.shared === "everyone" ? said.removeSharedText : said.removeText}
      action={said.remove}
      explain={(error) => explain(error, words)}
      onConfirm={async () => {
        await deletePrompt(prompt);
        toast({ text: said.removed(name) });
      }}
    />
  );
}
