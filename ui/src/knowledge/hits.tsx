import { useQuery } from "@tanstack/react-query";
import { SearchX } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useWords } from "@/i18n/knowledge";
import { percent } from "@/i18n/format";
import type { Citation } from "@/knowledge/passage";
import { snippet } from "@/knowledge/snippet";
import { search, type StoreHit } from "@/knowledge/stores";
import { plain } from "@/md";
import { EmptyState, ErrorState, SkeletonList } from "@/ui";

const PassageDialog = lazy(() => import("@/knowledge/passage").then((module) => ({ default: module.PassageDialog })));

/** What the search itself finds, without a model in between. */
export function Hits({ storeId, query }: { storeId: string; query: string }) {
  const words = useWords().knowledge.ask;
  const [opened, setOpened] = useState<Citation | null>(null);
  const hits = useQuery({ queryKey: ["store", storeId, "search", query], queryFn: ({ signal }) => search(storeId, query, signal), staleTime: 30_000, gcTime: 0 });
  return (
    <section aria-label={words.hits} className="min-w-0">
      <h2 className="flex min-h-9 items-center text-base font-semibold">{words.hits}</h2>
      <p className="mb-3 text-sm text-muted">{words.hitsText}</p>
      {hits.isPending && <SkeletonList rows={3} className="h-28" />}
      {hits.isError && <ErrorState error={hits.error} onRetry={() => void hits.refetch()} />}
      {hits.data?.length === 0 && <EmptyState icon={<SearchX aria-hidden />} title={words.noHits} />}
      <ol className="flex flex-col gap-2">
        {hits.data?.map((hit, index) => (
          <li key={index}>
            <HitCard hit={hit} onOpen={setOpened} />
          </li>
        ))}
      </ol>
      {opened !== null && (
        <Suspense>
          <PassageDialog citation={opened} onClose={() => setOpened(null)} />
        </Suspense>
      )}
    </section>
  );
}

function HitCard({ hit, onOpen }: { hit: StoreHit; onOpen: (citation: Citation) => void }) {
  const words = useWords().knowledge.ask;
  const { page, heading, start, end } = hit.prosa;
  const name = plain(hit.filename);
  const where = [...(page === null ? [] : [words.page(page)]), ...heading.map(plain)].join(" › ");
  const share = percent(Math.round(hit.score * 100) / 100);
  return (
    <button
      type="button"
      className="block w-full rounded-xl border border-line bg-surface px-4 py-3 text-left hover:bg-hover"
      onClick={() => onOpen({ fileId: hit.file_id, filename: hit.filename, start, end, page, heading })}
    >
      <span className="flex items-baseline justify-between gap-3">
        <span className="min-w-0 truncate text-sm font-medium">{name}</span>
        <span className="shrink-0 text-xs text-muted tabular-nums" title={words.score(share)}>
          <span className="sr-only">{words.relevance} </span>
          {share}
        </span>
      </span>
      {where !== "" && <span className="block truncate text-xs text-muted">{where}</span>}
      <span className="mt-1.5 line-clamp-4 text-sm whitespace-pre-line">{snippet(hit.content[0]?.text ?? "")}</span>
    </button>
  );
}
