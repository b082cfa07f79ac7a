import { type InfiniteData, type QueryClient, type QueryKey, useInfiniteQuery } from "@tanstack/react-query";

interface PageOf<T> {
  readonly data: readonly T[];
  readonly next_cursor: string | null;
}

export interface Listed<T> {
  /** undefined: still loading, or failed. */
  rows: readonly T[] | undefined;
  error: unknown;
  retry: () => void;
  more: { load: () => void; busy: boolean } | undefined;
}

/** A list that comes in pages; those that were loaded, one after the other. */
export function usePages<T>(queryKey: QueryKey, load: (cursor: string | undefined) => Promise<PageOf<T>>): Listed<T> {
  const found = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => load(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
  return {
    rows: found.data?.pages.flatMap((page) => page.data),
    error: found.error,
    retry: () => void found.refetch(),
    more: found.hasNextPage ? { load: () => void found.fetchNextPage(), busy: found.isFetchingNextPage } : undefined,
  };
}

/** Changes rows of lists that are on the screen, before the server is asked. What is given back takes it back. */
export function changeRows<T>(client: QueryClient, queryKey: QueryKey, change: (row: T) => T | null): () => void {
  const before = client.getQueriesData<InfiniteData<PageOf<T>>>({ queryKey });
  client.setQueriesData<InfiniteData<PageOf<T>>>({ queryKey }, (found) => {
    if (found === undefined || !Array.isArray(found.pages)) return found;
    const pages = found.pages.map((page) => ({ ...page, data: page.data.map(change).filter((row) => row !== null) }));
    return { ...found, pages };
  });
  return () => {
    for (const [key, data] of before) client.setQueryData(key, data);
  };
}
