import { useInfiniteQuery } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, FileX2 } from "lucide-react";
import { Fragment, useEffect, useLayoutEffect, useRef } from "react";
import { ApiError } from "@/api";
import { useWords } from "@/i18n/knowledge";
import { type FileText, grouped, type TextPart, textQuery, turnsPage } from "@/knowledge/text";
import type { Citation } from "@/knowledge/passage";
import { Markdown, plain } from "@/md";
import { Button, EmptyState, ErrorState, SkeletonList } from "@/ui";

/** What a file says, at the place that is cited and around it. */
export function useDocumentText(citation: Citation) {
  const text = useInfiniteQuery(textQuery(citation));
  const pages: readonly FileText[] = text.data?.pages ?? [];
  const parts = pages.flatMap((page) => page.parts);
  // Who may not read it is told that it isn't there: what can't be read is one's own.
  const unreadable = text.error instanceof ApiError && text.error.status === 400;
  return { text, parts, first: pages[0], cited: parts.find((part) => part.cited), unreadable };
}

export type DocumentText = ReturnType<typeof useDocumentText>;

/** Why there is no text. */
function Failure({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const words = useWords().knowledge.passage;
  const status = error instanceof ApiError ? error.status : 0;
  if (status === 404)
    return (
      <EmptyState icon={<FileX2 aria-hidden />} title={words.missing}>
        {words.missingText}
      </EmptyState>
    );
  if (status === 400)
    return (
      <EmptyState icon={<FileX2 aria-hidden />} title={words.unreadable}>
        {words.unreadableText}
      </EmptyState>
    );
  return <ErrorState error={error} onRetry={onRetry} />;
}

/** The text, drawn as Markdown; more of it comes by the buttons at its ends, and where its end is scrolled into sight. */
export function DocumentView({ document, name }: { document: DocumentText; name: string }) {
  const words = useWords().knowledge.passage;
  const { text, parts, first } = document;
  const cited = useScrollToCited(parts.length > 0);
  const holder = useKeptPlace(first?.before ?? null);
  if (text.isPending) return <SkeletonList rows={8} className="h-5" />;
  if (text.isError && text.data === undefined) return <Failure error={text.error} onRetry={() => void text.refetch()} />;
  return (
    <article ref={holder} aria-label={words.text(plain(name))} className="flex max-w-[46rem] flex-col gap-3 [overflow-anchor:none]">
      {first?.whole === false && <p className="rounded-xl border border-line bg-sunken px-4 py-3 text-sm text-muted">{words.quoted}</p>}
      {text.hasPreviousPage && (
        <Button kind="quiet" className="self-center" busy={text.isFetchingPreviousPage} icon={<ArrowUp size={16} aria-hidden />} onClick={() => void text.fetchPreviousPage()}>
          {words.before}
        </Button>
      )}
      {parts.length === 0 && <p className="py-8 text-center text-sm text-muted">{words.blank}</p>}
      <Parts parts={parts} citedRef={cited} />
      <Further document={document} />
    </article>
  );
}

function Parts({ parts, citedRef }: { parts: readonly TextPart[]; citedRef: (element: HTMLElement | null) => void }) {
  const words = useWords().knowledge.passage;
  const before = new Map(parts.map((part, index) => [part, parts[index - 1]]));
  return grouped(parts).map((group) => {
    const drawn = group.parts.map((part) => (
      <Fragment key={part.start}>
        {turnsPage(before.get(part), part) && <PageTurn page={part.page ?? 0} />}
        <Markdown text={part.text} now />
      </Fragment>
    ));
    const key = group.parts[0]?.start ?? 0;
    if (!group.cited) return <Fragment key={key}>{drawn}</Fragment>;
    return (
      <section key={key} ref={citedRef} data-cited tabIndex={-1} aria-label={words.cited} className="-mx-3 scroll-my-6 rounded-r-xl border-l-4 border-accent bg-accent-soft px-3 py-2 outline-none">
        {drawn}
      </section>
    );
  });
}

function PageTurn({ page }: { page: number }) {
  const words = useWords().knowledge.passage;
  return (
    <p className="flex items-center gap-3 py-1 text-xs font-medium text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">{words.page(page)}</p>
  );
}

function Further({ document: { text, parts, first } }: { document: DocumentText }) {
  const words = useWords().knowledge.passage;
  const { hasNextPage, isFetchingNextPage, fetchNextPage, isFetchNextPageError } = text;
  const sign = useRef<HTMLDivElement>(null);
  // Where the end comes into sight, what follows is brought; after a failure only by the button.
  useEffect(() => {
    const element = sign.current;
    if (element === null || !hasNextPage || isFetchingNextPage || isFetchNextPageError) return;
    const seen = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && void fetchNextPage(), { rootMargin: "0px 0px 200px 0px" });
    seen.observe(element);
    return () => seen.disconnect();
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);
  if (!hasNextPage) return parts.length > 0 && first?.whole !== false ? <p className="py-2 text-center text-xs text-muted">{words.end}</p> : null;
  return (
    <div ref={sign} className="flex justify-center">
      <Button kind="quiet" busy={isFetchingNextPage} icon={<ArrowDown size={16} aria-hidden />} onClick={() => void fetchNextPage()}>
        {words.after}
      </Button>
    </div>
  );
}

/** The cited place is brought into sight once, when it is there. */
function useScrollToCited(ready: boolean): (element: HTMLElement | null) => void {
  const element = useRef<HTMLElement | null>(null);
  useEffect(() => {
    if (!ready) return;
    // The page that was just come to is scrolled to its top first.
    const frame = requestAnimationFrame(() => showCited(element.current));
    return () => cancelAnimationFrame(frame);
  }, [ready]);
  return (found) => {
    element.current = found;
  };
}

function showCited(element: HTMLElement | null): void {
  if (element === null) return;
  element.scrollIntoView({ block: element.clientHeight > window.innerHeight / 2 ? "start" : "center" });
  element.focus({ preventScroll: true });
}

/** What comes in front doesn't push away what is being read. */
function useKeptPlace(front: number | null): (element: HTMLElement | null) => void {
  const element = useRef<HTMLElement | null>(null);
  const seen = useRef({ front, height: 0 });
  useLayoutEffect(() => {
    if (element.current === null) return;
    const scroller = scrollerOf(element.current);
    const before = seen.current;
    if (before.height > 0 && before.front !== front) scroller.scrollTop += scroller.scrollHeight - before.height;
    seen.current = { front, height: scroller.scrollHeight };
  });
  return (found) => {
    element.current = found;
  };
}

function scrollerOf(element: HTMLElement): Element {
  for (let above = element.parentElement; above !== null; above = above.parentElement) {
    if (above.scrollHeight > above.clientHeight && /auto|scroll/.test(getComputedStyle(above).overflowY)) return above;
  }
  return document.scrollingElement ?? document.documentElement;
}
