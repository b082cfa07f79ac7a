// The text of a document around a place, in pages that go on in both directions.
import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";
import type { Citation } from "@/knowledge/passage";

export type FileText = Schemas["FileText"];
export type TextPart = Schemas["TextPart"];

/** Which way from the place that is cited. */
type Way = { before: number } | { after: number } | null;

export const textQuery = ({ fileId, start, end, conversationId, itemId }: Citation) =>
  infiniteQueryOptions({
    queryKey: ["file-text", fileId, start ?? 0, end ?? 0, conversationId ?? null, itemId ?? null],
    queryFn: ({ pageParam, signal }) => {
      const place = pageParam ?? { start: start ?? 0, end: end ?? 0 };
      const cited = conversationId != null && itemId != null ? { conversation_id: conversationId, item_id: itemId } : {};
      return call(api.GET("/api/v1/files/{file_id}/text", { params: { path: { file_id: fileId }, query: { ...place, ...cited } }, signal }));
    },
    initialPageParam: null as Way,
    getNextPageParam: (page: FileText): Way | undefined => (page.after == null ? undefined : { after: page.after }),
    getPreviousPageParam: (page: FileText): Way | undefined => (page.before == null ? undefined : { before: page.before }),
    staleTime: 60_000,
    gcTime: 60_000,
    refetchOnWindowFocus: false,
  });

/** Where another page, or another chapter, begins: what is said above a part. */
export function turnsPage(before: TextPart | undefined, part: TextPart): boolean {
  return part.page != null && part.page !== before?.page;
}

/** The cited parts lie side by side: they are drawn as one. The others stand for themselves, whatever comes in front of them. */
export function grouped(parts: readonly TextPart[]): { cited: boolean; parts: TextPart[] }[] {
  const groups: { cited: boolean; parts: TextPart[] }[] = [];
  for (const part of parts) {
    const last = groups.at(-1);
    if (last?.cited === true && part.cited) last.parts.push(part);
    else groups.push({ cited: part.cited, parts: [part] });
  }
  return groups;
}
