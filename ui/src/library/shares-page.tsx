import { useInfiniteQuery } from "@tanstack/react-query";
import { Link2 } from "lucide-react";
import { useWords } from "@/i18n/library-pages";
import { ShareRow } from "@/library/pages/share-row";
import { sharesQuery } from "@/library/shares";
import { Button, EmptyState, ErrorState, Page, SkeletonList } from "@/ui";

/** One's own links that lead somewhere. */
export function SharesPage() {
  const words = useWords();
  const said = words.library.share;
  const shares = useInfiniteQuery(sharesQuery(null));
  const items = shares.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <Page title={said.title} description={said.text}>
      {shares.isPending && <SkeletonList rows={4} className="h-14" />}
      {shares.isError && shares.data === undefined && <ErrorState error={shares.error} onRetry={() => void shares.refetch()} />}
      {shares.data !== undefined && items.length === 0 && (
        <EmptyState icon={<Link2 aria-hidden />} title={said.empty}>
          {said.emptyText}
        </EmptyState>
      )}
      {items.length > 0 && (
        <>
          <ul>
            {items.map((each) => (
              <ShareRow key={each.id} share={each} titled />
            ))}
          </ul>
          <p className="mt-4 px-3 text-sm text-muted">{said.hidden}</p>
        </>
      )}
      {shares.hasNextPage && (
        <Button className="mt-3" busy={shares.isFetchingNextPage} onClick={() => void shares.fetchNextPage()}>
          {words.common.loadMore}
        </Button>
      )}
    </Page>
  );
}
