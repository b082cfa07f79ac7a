import { Link } from "@tanstack/react-router";
import { Archive, ArchiveRestore } from "lucide-react";
import type { Conversation } from "@/api";
import { useWords } from "@/i18n";
import { ago } from "@/i18n/format";
import { ConversationMenu } from "@/library/conversation-menu";
import { archive, nameOf } from "@/library/edits";
import { More } from "@/library/list/more";
import { type Selection, SelectionBar, TickedRow, useSelection } from "@/library/pages/selection";
import { TagList } from "@/library/pages/tag-list";
import { BatchVerbs } from "@/library/pages/verbs";
import { useListing } from "@/library/queries";
import { EmptyState, ErrorState, IconButton, Page, SkeletonList } from "@/ui";

/** What was put away without being deleted. */
export function ArchivePage() {
  const words = useWords().library.archive;
  const listing = useListing({ archived: true });
  const items = listing.data?.items ?? [];
  const shown = items.map((each) => each.id);
  const selection = useSelection(shown);
  return (
    <Page title={words.title} description={words.text}>
      {listing.isPending && <SkeletonList rows={6} className="h-14" />}
      {listing.isError && listing.data === undefined && <ErrorState error={listing.error} onRetry={() => void listing.refetch()} />}
      {listing.data !== undefined && items.length === 0 && (
        <EmptyState icon={<Archive aria-hidden />} title={words.empty}>
          {words.emptyText}
        </EmptyState>
      )}
      {items.length > 0 && (
        <>
          <SelectionBar selection={selection} shown={shown}>
            <BatchVerbs chosen={items.filter((each) => selection.has(each.id))} archive="unarchive" onDone={selection.clear} />
          </SelectionBar>
          <ul>
            {items.map((each) => (
              <Archived key={each.id} conversation={each} selection={selection} />
            ))}
          </ul>
          <More listing={listing} />
        </>
      )}
    </Page>
  );
}

function Archived({ conversation, selection }: { conversation: Conversation; selection: Selection }) {
  const words = useWords().library;
  const name = nameOf(conversation);
  const actions = (
    <>
      <IconButton label={words.actions.unarchive} onClick={() => void archive(conversation)}>
        <ArchiveRestore size={18} aria-hidden />
      </IconButton>
      <ConversationMenu conversation={conversation} />
    </>
  );
  return (
    <TickedRow id={conversation.id} name={name} selection={selection} actions={actions}>
      <Link to="/chat/$conversationId" params={{ conversationId: conversation.id }} className="block truncate rounded font-medium hover:underline">
        {name}
      </Link>
      <p className="flex flex-wrap items-center gap-x-2 text-sm text-muted">
        {conversation.archived_at !== null && words.archive.since(ago(conversation.archived_at))}
        <TagList tags={conversation.tags} />
      </p>
    </TickedRow>
  );
}
