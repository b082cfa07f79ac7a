import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, call, isApiError } from "@/api";
import { refetchLibrary, type Share } from "@/library/queries";

export interface Wish {
  files: boolean;
  /** Days for which it works; null: until it is revoked. */
  days: number | null;
}

// The server tells a link once. What was made in this tab can be copied again until it is closed; nothing is stored.
const made = new Map<string, string>();

/** The link's address, if it was made in this tab. */
export function addressOf(share: Pick<Share, "id">): string | null {
  return made.get(share.id) ?? null;
}

export function sharesQuery(conversation: string | null) {
  return infiniteQueryOptions({
    queryKey: ["shares", conversation],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: 50, ...(conversation !== null && { conversation_id: conversation }), ...(pageParam !== null && { cursor: pageParam }) };
      return call(api.GET("/api/v1/shares", { params: { query }, signal }));
    },
    getNextPageParam: (last) => last.next_cursor,
  });
}

/** Shares what was said until now. Throws ApiError. */
export async function createShare(conversation: string, { files, days }: Wish): Promise<Share> {
  const expires_at = days === null ? null : new Date(Date.now() + days * 86_400_000).toISOString();
  const { token: _, path, ...share } = await call(
    api.POST("/api/v1/conversations/{conversation_id}/shares", { params: { path: { conversation_id: conversation } }, body: { files, expires_at } }),
  );
  made.set(share.id, location.origin + path);
  await refetchLibrary("shares");
  return share;
}

/** The link leads nowhere from now on. Throws ApiError. */
export async function revokeShare(share: Pick<Share, "id">): Promise<void> {
  try {
    await call(api.DELETE("/api/v1/shares/{share_id}", { params: { path: { share_id: share.id } } }));
  } catch (error) {
    if (!isApiError(error) || error.status !== 404) throw error;
  }
  made.delete(share.id);
  await refetchLibrary("shares");
}

/** A link to the conversation as it is now, with the same bounds; the earlier one ends once the new one is there. */
export async function renewShare(share: Share): Promise<Share> {
  const left = share.expires_at === null ? null : (Date.parse(share.expires_at) - Date.now()) / 86_400_000;
  const next = await createShare(share.conversation_id, { files: share.files > 0, days: left });
  await revokeShare(share);
  return next;
}
