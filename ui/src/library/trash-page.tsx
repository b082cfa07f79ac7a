import { useInfiniteQuery } from "@tanstack/react-query";
import { RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import { api, call, explain, isApiError } from "@/api";
import { toast } from "@/app/toast";
import { useWords, words as spoken } from "@/i18n/library-pages";
import { ago } from "@/i18n/format";
import { nameOf, restore } from "@/library/edits";
import { type Selection, SelectionBar, TickedRow, useSelection } from "@/library/pages/selection";
import { restoreAll } from "@/library/pages/verbs";
import { refetchLibrary, type Trashed } from "@/library/queries";
import { Button, Confirm, EmptyState, ErrorState, IconButton, Page, SkeletonList } from "@/ui";

const DAY = 86_400_000;

function useTrash() {
  return useInfiniteQuery({
    queryKey: ["trash"],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => call(api.GET("/api/v1/trash", { params: { query: { limit: 50, ...(pageParam !== null && { cursor: pageParam }) } }, signal })),
    getNextPageParam: (last) => last.next_cursor,
  });
}

/** What can still be had back. */
export function TrashPage() {
  const words = useWords();
  const said = words.library.trash;
  const trash = useTrash();
  const [emptying, setEmptying] = useState(false);
  const items = trash.data?.pages.flatMap((page) => page.data) ?? [];
  const days = daysOf(items);
  const actions = items.length > 0 && (
    <Button kind="danger" icon={<Trash2 size={16} aria-hidden />} onClick={() => setEmptying(true)}>
      {said.emptyIt}
    </Button>
  );
  return (
    <Page title={said.title} description={days === null ? said.text : said.textDays(days)} actions={actions}>
      {trash.isPending && <SkeletonList rows={6} className="h-14" />}
      {trash.isError && trash.data === undefined && <ErrorState error={trash.error} onRetry={() => void trash.refetch()} />}
      {trash.data !== undefined && items.length === 0 && (
        <EmptyState icon={<Trash2 aria-hidden />} title={said.empty}>
          {said.emptyText}
        </EmptyState>
      )}
      {items.length > 0 && <TrashList items={items} />}
      {trash.hasNextPage && (
        <Button className="mt-3" busy={trash.isFetchingNextPage} onClick={() => void trash.fetchNextPage()}>
          {words.common.loadMore}
        </Button>
      )}
      <Confirm
        open={emptying}
        onClose={() => setEmptying(false)}
        title={said.emptyTitle}
        text={said.emptyAsk(trash.hasNextPage ? said.atLeast(items.length) : words.library.conversations(items.length))}
        action={said.emptyIt}
        onConfirm={emptyTrash}
        explain={(error) => explain(error, words)}
      />
    </Page>
  );
}

/** For how many days what is deleted now stays; null where nobody says, or it is for ever. */
function daysOf([newest]: readonly Trashed[]): number | null {
  if (newest?.purged_at == null) return null;
  return Math.round((Date.parse(newest.purged_at) - Date.parse(newest.deleted_at)) / DAY);
}

/** A hundred at a time, until nothing is left. */
async function emptyTrash(): Promise<void> {
  try {
    while (!(await call(api.DELETE("/api/v1/trash", { params: { query: { limit: 100 } } }))).empty);
    toast({ text: spoken().library.trash.emptied });
  } finally {
    await refetchLibrary("trash");
  }
}

function TrashList({ items }: { items: readonly Trashed[] }) {
  const words = useWords();
  const said = words.library.trash;
  const shown = items.map((each) => each.id);
  const selection = useSelection(shown);
  const [ending, setEnding] = useState<readonly Trashed[] | null>(null);
  const chosen = items.filter((each) => selection.has(each.id));
  const [only] = ending ?? [];
  return (
    <>
      <SelectionBar selection={selection} shown={shown}>
        <Button kind="quiet" icon={<RotateCcw size={16} aria-hidden />} onClick={() => void restoreAll(chosen).then(selection.clear)}>
          {said.restore}
        </Button>
        <Button kind="quiet" className="text-danger!" icon={<Trash2 size={16} aria-hidden />} onClick={() => setEnding(chosen)}>
          {said.forever}
        </Button>
      </SelectionBar>
      <ul>
        {items.map((each) => (
          <Row key={each.id} conversation={each} selection={selection} onForever={() => setEnding([each])} />
        ))}
      </ul>
      <Confirm
        open={ending !== null}
        onClose={() => setEnding(null)}
        title={ending?.length === 1 && only !== undefined ? said.foreverTitle(nameOf(only)) : said.foreverMany(ending?.length ?? 0)}
        text={said.foreverText}
        action={said.forever}
        onConfirm={() => deleteForGood(ending ?? [])}
        explain={(error) => explain(error, words)}
      />
    </>
  );
}

async function deleteForGood(conversations: readonly Trashed[]): Promise<void> {
  const said = spoken().library.trash;
  try {
    for (const { id } of conversations) await gone(id);
    const [first] = conversations;
    toast({ text: conversations.length === 1 && first !== undefined ? said.deletedForever(nameOf(first)) : said.deletedForeverMany(conversations.length) });
  } finally {
    await refetchLibrary("trash");
  }
}

async function gone(id: string): Promise<void> {
  try {
    await call(api.DELETE("/api/v1/trash/{trashed_id}", { params: { path: { trashed_id: id } } }));
  } catch (error) {
    if (!isApiError(error) || error.status !== 404) throw error;
  }
}

function daysUntil(moment: string): number {
  return Math.ceil((Date.parse(moment) - Date.now()) / DAY);
}

function Row({ conversation, selection, onForever }: { conversation: Trashed; selection: Selection; onForever: () => void }) {
  const words = useWords().library.trash;
  const name = nameOf(conversation);
  const actions = (
    <>
      <Button kind="quiet" className="max-sm:hidden" icon={<RotateCcw size={16} aria-hidden />} onClick={() => void restore(conversation)}>
        {words.restore}
      </Button>
      <IconButton label={words.restore} className="sm:hidden" onClick={() => void restore(conversation)}>
        <RotateCcw size={18} aria-hidden />
      </IconButton>
      <IconButton label={`${words.forever}: ${name}`} className="hover:text-danger" onClick={onForever}>
        <Trash2 size={18} aria-hidden />
      </IconButton>
    </>
  );
  return (
    <TickedRow id={conversation.id} name={name} selection={selection} actions={actions}>
      <p className="truncate font-medium">{name}</p>
      <p className="text-sm text-muted">
        {words.deleted(ago(conversation.deleted_at))}
        {conversation.purged_at != null && ` · ${words.left(daysUntil(conversation.purged_at))}`}
      </p>
    </TickedRow>
  );
}
