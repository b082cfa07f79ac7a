import { type QueryKey, queryOptions, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import { api, call, type Conversation, type Schemas } from "@/api";
import { queryClient } from "@/app/query";
import { continued, type Filter, type Listing, placed, refreshed, without } from "@/library/listing";
import { noteAnswers } from "@/library/unread";

export type Folder = Schemas["Folder"];
export type Trashed = Schemas["TrashedConversation"] & { readonly purged_at?: string | null };
export type Share = Schemas["Share"];
export type UsedTag = Schemas["UsedTag"];

/** How many conversations are read at once. */
export const PAGE = 60;

async function page(filter: Filter, cursor: string | null, signal?: AbortSignal): Promise<Listing> {
  const query = { ...filter, limit: PAGE, ...(cursor !== null && { cursor }) };
  const answer = await call(api.GET("/api/v1/conversations", { params: { query }, ...(signal && { signal }) }));
  noteAnswers(answer.data);
  return { items: answer.data, next: answer.next_cursor };
}

/** One of the lists of conversations, as far as it is loaded. */
export function listingQuery(filter: Filter) {
  const queryKey: QueryKey = ["conversations", filter];
  return queryOptions<Listing>({
    queryKey,
    queryFn: async ({ signal }) => refreshed(queryClient.getQueryData<Listing>(queryKey), await page(filter, null, signal)),
  });
}

export type Paged = UseQueryResult<Listing> & { more: () => Promise<void>; moreError: unknown; loadingMore: boolean };

/** A list with a way to go on in it. */
export function useListing(filter: Filter, enabled = true): Paged {
  const options = listingQuery(filter);
  const result = useQuery({ ...options, enabled });
  const [loadingMore, setLoading] = useState(false);
  const [moreError, setError] = useState<unknown>(null);

  async function more(): Promise<void> {
    const now = queryClient.getQueryData<Listing>(options.queryKey);
    if (now?.next == null || loadingMore) return;
    setLoading(true);
    setError(null);
    try {
      const further = await page(filter, now.next);
      // Only where nothing has changed the end meanwhile.
      queryClient.setQueryData<Listing>(options.queryKey, (then) => (then?.next === now.next ? continued(then, further) : then));
    } catch (error) {
      setError(error);
    } finally {
      setLoading(false);
    }
  }

  return { ...result, more, moreError, loadingMore };
}

/** Every folder; there are few. */
export const foldersQuery = queryOptions({
  queryKey: ["folders"],
  staleTime: 60_000,
  queryFn: async ({ signal }) => {
    const all: Folder[] = [];
    let cursor: string | null = null;
    do {
      const query: { limit: number; cursor?: string } = { limit: 100, ...(cursor !== null && { cursor }) };
      const answer: Schemas["ListOf_Folder_"] = await call(api.GET("/api/v1/folders", { params: { query }, signal }));
      all.push(...answer.data);
      cursor = answer.next_cursor;
    } while (cursor !== null);
    return all.toSorted(byName);
  },
});

export function byName(one: { name: string }, other: { name: string }): number {
  return one.name.localeCompare(other.name);
}

export const tagsQuery = queryOptions({
  queryKey: ["tags"],
  staleTime: 60_000,
  queryFn: async ({ signal }) => (await call(api.GET("/api/v1/tags", { signal }))).data,
});

/** One conversation as the list knows it, read by itself. */
export function conversationQuery(id: string) {
  return queryOptions({
    queryKey: ["conversation", id],
    queryFn: ({ signal }) => call(api.GET("/api/v1/conversations/{conversation_id}", { params: { path: { conversation_id: id } }, signal })),
  });
}

function eachListing(change: (listing: Listing, filter: Filter) => Listing): void {
  for (const query of queryClient.getQueryCache().findAll({ queryKey: ["conversations"] })) {
    const filter = query.queryKey[1];
    if (query.state.data === undefined || typeof filter !== "object" || filter === null) continue;
    queryClient.setQueryData<Listing>(query.queryKey, (before) => before && change(before, filter as Filter));
  }
}

/** Shows a conversation as it is now wherever it is shown. */
export function show(conversation: Conversation): void {
  eachListing((listing, filter) => placed(listing, filter, conversation));
  queryClient.setQueryData<Conversation>(["conversation", conversation.id], (before) => before && conversation);
}

/** Takes a conversation off every list. */
export function hide(id: string): void {
  eachListing((listing) => without(listing, id));
}

/** A conversation by its id, if it was loaded in any list. */
export function known(id: string): Conversation | undefined {
  for (const [, listing] of queryClient.getQueriesData<Listing>({ queryKey: ["conversations"] })) {
    const found = listing?.items.find((each) => each.id === id);
    if (found !== undefined) return found;
  }
  return queryClient.getQueryData<Conversation>(["conversation", id]);
}

/** Reads anew what shows conversations, folders and tags. */
export async function refetchLibrary(...parts: ("conversations" | "folders" | "tags" | "trash" | "shares")[]): Promise<void> {
  await Promise.all(parts.map((part) => queryClient.invalidateQueries({ queryKey: [part] })));
}
