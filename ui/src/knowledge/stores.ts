// Knowledge bases are the vector stores of OpenAI's dialect: what the server tells of them, asked for as often as it changes.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, call, raw } from "@/api";
import { queryClient } from "@/app/query";

export interface Counts {
  in_progress: number;
  completed: number;
  failed: number;
  cancelled: number;
  total: number;
}

export interface Store {
  id: string;
  name: string;
  created_at: number;
  last_active_at: number;
  usage_bytes: number;
  file_counts: Counts;
  status: "in_progress" | "completed" | "expired";
  expires_after: { anchor: "last_active_at"; days: number } | null;
  expires_at: number | null;
  metadata: Record<string, string> | null;
  prosa: { description: string | null; embedding_model: string | null };
}

export type FileState = "in_progress" | "completed" | "failed" | "cancelled";
export type Attributes = Record<string, string | number | boolean>;

export interface StoredFile {
  id: string;
  created_at: number;
  status: FileState;
  usage_bytes: number;
  last_error: { code: string; message: string } | null;
  attributes: Attributes | null;
  chunking_strategy: { type: "static"; static: Sizes };
  prosa: { filename: string; batch_id: string };
}

export interface Sizes {
  max_chunk_size_tokens: number;
  chunk_overlap_tokens: number;
}

export interface StoreHit {
  file_id: string;
  filename: string;
  score: number;
  content: { text: string }[];
  prosa: { page: number | null; heading: string[]; start: number; end: number };
}

interface Listed<T> {
  data: T[];
  last_id: string | null;
  has_more: boolean;
}

/** As the vendor has it where nothing is said. */
export const USUAL: Sizes = { max_chunk_size_tokens: 800, chunk_overlap_tokens: 400 };
/** Bytes that are read of one file. */
export const MOST_BYTES = 64 * 1024 * 1024;
/** Pages of a hundred: nobody looks through more by their names. */
const MOST_PAGES = 10;
const FILES = 50;
/** Where a base keeps how its files are to be cut: the vendor's stores forget it. */
const LENGTH = "chunk_tokens";
const OVERLAP = "chunk_overlap_tokens";

const of = (id: string): string => `/v1/vector_stores/${encodeURIComponent(id)}`;
const file = (id: string, fileId: string): string => `${of(id)}/files/${encodeURIComponent(fileId)}`;

async function ask<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const init: RequestInit = { method, ...(signal && { signal }) };
  if (body !== undefined) Object.assign(init, { body: JSON.stringify(body), headers: { "content-type": "application/json" } });
  return (await (await raw(path, init)).json()) as T;
}

async function allStores(signal: AbortSignal): Promise<Store[]> {
  const found: Store[] = [];
  let after = "";
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { data, last_id, has_more } = await ask<Listed<Store>>("GET", `/v1/vector_stores?limit=100${after}`, undefined, signal);
    found.push(...data);
    if (!has_more || last_id === null) break;
    after = `&after=${encodeURIComponent(last_id)}`;
  }
  return found;
}

/** While something is read, it is looked at again, less often the longer it takes; only while somebody looks. */
const pace = (looks: number): number => Math.min(1_000 + looks * 250, 6_000);

const isRead = (store: Store | undefined): boolean => store !== undefined && store.file_counts.in_progress > 0;

export const storesQuery = queryOptions({
  queryKey: ["stores"],
  queryFn: ({ signal }) => allStores(signal),
  refetchInterval: ({ state }) => (state.data?.some(isRead) === true ? pace(state.dataUpdateCount) + 1_000 : false),
});

export const storeQuery = (id: string) =>
  queryOptions({
    queryKey: ["store", id],
    queryFn: ({ signal }) => ask<Store>("GET", of(id), undefined, signal),
    refetchInterval: ({ state }) => (isRead(state.data) ? pace(state.dataUpdateCount) : false),
  });

export const filesQuery = (id: string, filter: FileState | null) =>
  infiniteQueryOptions({
    queryKey: ["store", id, "files", filter ?? "all"],
    queryFn: ({ pageParam, signal }) =>
      ask<Listed<StoredFile>>("GET", `${of(id)}/files?limit=${FILES}${filter === null ? "" : `&filter=${filter}`}${pageParam === "" ? "" : `&after=${encodeURIComponent(pageParam)}`}`, undefined, signal),
    initialPageParam: "",
    getNextPageParam: (page) => (page.has_more ? page.last_id : null),
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.data.some((each) => each.status === "in_progress")) === true ? pace(state.dataUpdateCount) : false),
  });

export const quotaQuery = queryOptions({ queryKey: ["knowledge"], queryFn: () => call(api.GET("/api/v1/knowledge")) });

export const usersQuery = (id: string) =>
  queryOptions({
    queryKey: ["store", id, "assistants"],
    queryFn: () => call(api.GET("/api/v1/knowledge/{vector_store_id}/assistants", { params: { path: { vector_store_id: id } } })),
  });

/** What was known of bases is old. */
export function renewed(id?: string): void {
  void queryClient.invalidateQueries({ queryKey: ["stores"] });
  void queryClient.invalidateQueries({ queryKey: ["knowledge"] });
  if (id !== undefined) void queryClient.invalidateQueries({ queryKey: ["store", id] });
}

export interface StoreWish {
  name: string;
  description: string;
  /** Null: for ever. */
  days: number | null;
  sizes: Sizes;
}

const expiry = (days: number | null): Store["expires_after"] => (days === null ? null : { anchor: "last_active_at", days });
const isUsual = ({ max_chunk_size_tokens, chunk_overlap_tokens }: Sizes): boolean =>
  max_chunk_size_tokens === USUAL.max_chunk_size_tokens && chunk_overlap_tokens === USUAL.chunk_overlap_tokens;

export async function createStore({ name, description, days, sizes }: StoreWish): Promise<Store> {
  const made = await ask<Store>("POST", "/v1/vector_stores", {
    name: name.trim(),
    ...(description.trim() !== "" && { description: description.trim() }),
    ...(days !== null && { expires_after: expiry(days) }),
    ...(!isUsual(sizes) && { metadata: { [LENGTH]: String(sizes.max_chunk_size_tokens), [OVERLAP]: String(sizes.chunk_overlap_tokens) } }),
  });
  // Who chose it at once finds it in the list.
  queryClient.setQueryData(storesQuery.queryKey, (before) => before && [made, ...before]);
  renewed();
  return made;
}

export async function changeStore(id: string, { name, days }: { name: string; days: number | null }): Promise<void> {
  await ask("POST", of(id), { name: name.trim(), expires_after: expiry(days) });
  renewed(id);
}

export async function deleteStore(id: string): Promise<void> {
  await ask("DELETE", of(id));
  queryClient.removeQueries({ queryKey: ["store", id] });
  renewed();
}

/** How the files of a base are cut. */
export function sizesOf(store: Pick<Store, "metadata">): Sizes {
  const length = Number(store.metadata?.[LENGTH]);
  const overlap = Number(store.metadata?.[OVERLAP]);
  const sound = Number.isInteger(length) && length >= 100 && length <= 4_096 && Number.isInteger(overlap) && overlap >= 0 && overlap * 2 <= length;
  return sound ? { max_chunk_size_tokens: length, chunk_overlap_tokens: overlap } : USUAL;
}

/** Files that are here are put into a base, as one batch. */
export async function putIn(id: string, fileIds: readonly string[], sizes: Sizes): Promise<void> {
  await ask("POST", `${of(id)}/file_batches`, { file_ids: fileIds, chunking_strategy: { type: "static", static: sizes } });
  renewed(id);
}

/** One that is there is read anew, as it was cut before. */
export async function readAgain(id: string, { id: fileId, attributes, chunking_strategy }: StoredFile): Promise<void> {
  await ask("POST", `${of(id)}/files`, { file_id: fileId, attributes, chunking_strategy });
  renewed(id);
}

export async function describe(id: string, fileId: string, attributes: Attributes): Promise<void> {
  await ask("POST", file(id, fileId), { attributes });
  renewed(id);
}

/** `whole`: the file itself goes too. */
export async function takeOut(id: string, fileId: string, whole: boolean): Promise<void> {
  await ask("DELETE", file(id, fileId));
  if (whole) await ask("DELETE", `/v1/files/${encodeURIComponent(fileId)}`);
  renewed(id);
}

/** The ids of all files of a base. */
export async function fileIds(id: string): Promise<string[]> {
  const found: string[] = [];
  for (let after = ""; ; ) {
    const { data, last_id, has_more } = await ask<Listed<StoredFile>>("GET", `${of(id)}/files?limit=100${after}`);
    found.push(...data.map((each) => each.id));
    if (!has_more || last_id === null) return found;
    after = `&after=${encodeURIComponent(last_id)}`;
  }
}

/** How many of the files couldn't be deleted. */
export async function deleteFiles(ids: readonly string[]): Promise<number> {
  let left = 0;
  for (const id of ids) await ask("DELETE", `/v1/files/${encodeURIComponent(id)}`).catch(() => (left += 1));
  return left;
}

export function search(id: string, query: string, signal?: AbortSignal): Promise<StoreHit[]> {
  return ask<{ data: StoreHit[] }>("POST", `${of(id)}/search`, { query, max_num_results: 10 }, signal).then(({ data }) => data);
}

export const contentOf = (fileId: string): string => `/v1/files/${encodeURIComponent(fileId)}/content`;

export async function fileName(fileId: string): Promise<string> {
  return (await ask<{ filename: string }>("GET", `/v1/files/${encodeURIComponent(fileId)}`)).filename;
}
