import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Search, SlidersHorizontal } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { api, call, type Schemas } from "@/api";
import { useWords } from "@/i18n";
import { date } from "@/i18n/format";
import { nameOf } from "@/library/edits";
import { Excerpt, type Found as ExcerptText } from "@/library/pages/excerpt";
import { SearchFilters } from "@/library/pages/search-filters";
import { type Selection, SelectionBar, TickedRow, useSelection } from "@/library/pages/selection";
import { BatchVerbs } from "@/library/pages/verbs";
import { spanOf, type Terms, termsOf } from "@/library/search-terms";
import { Button, EmptyState, ErrorState, Page, Select, SkeletonList, TextInput } from "@/ui";

type Hit = Omit<Schemas["SearchHit"], "excerpt"> & { excerpt: ExcerptText };

const PAUSE = 250;

/** Everything that was said, by its words. */
export function SearchPage() {
  const words = useWords().library.search;
  const terms = termsOf(useSearch({ strict: false }));
  const navigate = useNavigate();
  const narrowed = Object.keys(terms).some((each) => each !== "q" && each !== "order");
  const [filtering, setFiltering] = useState(narrowed);
  const go = (next: Terms) => void navigate({ to: "/search", search: next, replace: true });

  return (
    <Page title={words.title}>
      <div className="mb-3 flex gap-2">
        <QueryField terms={terms} onChange={go} />
        <Button aria-expanded={filtering} className="h-11" icon={<SlidersHorizontal size={16} aria-hidden />} onClick={() => setFiltering(!filtering)}>
          <span className="max-sm:sr-only">{words.filters}</span>
        </Button>
      </div>
      {filtering && <SearchFilters terms={terms} onChange={go} />}
      {terms.q === undefined ? (
        <EmptyState icon={<Search aria-hidden />} title={words.begin}>
          {words.beginText}
        </EmptyState>
      ) : (
        <Results terms={{ ...terms, q: terms.q }} onChange={go} />
      )}
    </Page>
  );
}

/** Typed words become the page's address once the person pauses. */
function QueryField({ terms, onChange }: { terms: Terms; onChange: (terms: Terms) => void }) {
  const words = useWords().library.search;
  const [text, setText] = useState(terms.q ?? "");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  function typed(value: string): void {
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      const { q: _, ...others } = terms;
      onChange(value.trim() === "" ? others : { ...others, q: value.trim() });
    }, PAUSE);
  }

  return (
    <div className="relative flex-1">
      <Search size={18} aria-hidden className="absolute top-1/2 left-3.5 -translate-y-1/2 text-muted" />
      <TextInput
        // Whoever comes to this page comes to type.
        ref={(field) => {
          if (field !== null && text === "" && document.activeElement?.tagName !== "INPUT") field.focus();
        }}
        type="search"
        aria-label={words.label}
        placeholder={words.placeholder}
        maxLength={500}
        autoComplete="off"
        value={text}
        onChange={(event) => typed(event.target.value)}
        className="h-11 pl-10"
      />
    </div>
  );
}

function useHits(terms: Terms & { q: string }) {
  return useInfiniteQuery({
    queryKey: ["search", terms],
    initialPageParam: null as string | null,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) => {
      const { q, tag, role, folder, order } = terms;
      const query = {
        q,
        limit: 30,
        order: order ?? ("best" as const),
        ...spanOf(terms),
        ...(tag !== undefined && { tag }),
        ...(role !== undefined && { role }),
        ...(folder !== undefined && { folder_id: folder }),
        ...(pageParam !== null && { cursor: pageParam }),
      };
      return call(api.GET("/api/v1/search", { params: { query }, signal }));
    },
    getNextPageParam: (last) => last.next_cursor,
  });
}

function Results({ terms, onChange }: { terms: Terms & { q: string }; onChange: (terms: Terms) => void }) {
  const words = useWords();
  const said = words.library.search;
  const found = useHits(terms);
  const hits = found.data?.pages.flatMap((page) => page.data) ?? [];
  const conversations = [...new Map(hits.map((each) => [each.conversation.id, each.conversation])).values()];
  const shown = conversations.map((each) => each.id);
  const selection = useSelection(shown);
  if (found.isPending) return <SkeletonList rows={5} className="h-20" />;
  if (found.data === undefined) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  if (hits.length === 0) {
    return (
      <EmptyState icon={<Search aria-hidden />} title={said.none(terms.q)}>
        {said.noneText}
      </EmptyState>
    );
  }
  return (
    <div className={found.isPlaceholderData ? "opacity-60" : ""}>
      <div className="mb-2 flex flex-wrap items-center justify-between gap-3 pl-3">
        <p role="status" className="text-sm text-muted">
          {said.results(hits.length, found.hasNextPage)}
        </p>
        <Order terms={terms} onChange={onChange} />
      </div>
      <SelectionBar selection={selection} shown={shown}>
        <BatchVerbs chosen={conversations.filter((each) => selection.has(each.id))} archive="archive" onDone={() => void found.refetch().then(selection.clear)} />
      </SelectionBar>
      <ul>
        {hits.map((each) => (
          <Found key={`${each.conversation.id} ${each.item_id}`} hit={each} selection={selection} />
        ))}
      </ul>
      {found.hasNextPage && (
        <Button className="mt-3" busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {words.common.loadMore}
        </Button>
      )}
    </div>
  );
}

function Order({ terms, onChange }: { terms: Terms; onChange: (terms: Terms) => void }) {
  const words = useWords().library.search;
  const { order, ...others } = terms;
  return (
    <div className="w-48 shrink-0">
      <Select aria-label={words.order} value={order ?? "best"} onChange={(event) => onChange(event.target.value === "newest" ? { ...others, order: "newest" } : others)}>
        <option value="best">{words.orders.best}</option>
        <option value="newest">{words.orders.newest}</option>
      </Select>
    </div>
  );
}

function Found({ hit, selection }: { hit: Hit; selection: Selection }) {
  const words = useWords().library.search;
  const name = nameOf(hit.conversation);
  const place = hit.item_id === null ? {} : { hash: hit.item_id };
  return (
    <TickedRow id={hit.conversation.id} name={name} selection={selection}>
      <Link to="/chat/$conversationId" params={{ conversationId: hit.conversation.id }} {...place} className="group block rounded">
        <span className="flex items-baseline justify-between gap-x-3 max-sm:flex-wrap">
          <span className="min-w-0 truncate font-medium max-sm:basis-full group-hover:underline">{hit.item_id === null ? <Excerpt excerpt={hit.excerpt} /> : name}</span>
          <span className="shrink-0 text-xs text-muted">{date(hit.created_at)}</span>
        </span>
        <span className="line-clamp-2 text-sm text-muted">{hit.item_id === null ? words.inTitle : <Excerpt excerpt={hit.excerpt} />}</span>
      </Link>
    </TickedRow>
  );
}
