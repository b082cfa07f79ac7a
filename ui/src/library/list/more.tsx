import { useWords } from "@/i18n";
import { End } from "@/library/list/chunk";
import type { Paged } from "@/library/queries";
import { Button, SkeletonList } from "@/ui";

/** The way on at a list's end: by itself as it comes near, by a button where it failed. */
export function More({ listing, byHand = false }: { listing: Paged; byHand?: boolean }) {
  const words = useWords();
  const { data, more, moreError, loadingMore } = listing;
  if (data === undefined || data.next === null) return null;
  if (loadingMore) return <SkeletonList rows={2} className="h-7" />;
  if (moreError !== null || byHand) {
    return (
      <div className="flex flex-col items-start gap-1 py-1">
        {moreError !== null && <p className="px-2 text-sm text-muted">{words.library.list.moreFailed}</p>}
        <Button kind="quiet" className="text-muted" onClick={() => void more()}>
          {moreError === null ? words.common.loadMore : words.common.retry}
        </Button>
      </div>
    );
  }
  // A new one for each page, so that one that stays in sight is seen once more.
  return <End key={data.items.length} onSeen={() => void more()} />;
}
