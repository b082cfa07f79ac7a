import { queryOptions } from "@tanstack/react-query";
import { api, call, raw, type Schemas, whole } from "@/api";
import { download } from "@/app/browser";
import { queryClient } from "@/app/query";

export type Assistant = Schemas["Assistant"];
export type AssistantLine = Schemas["AssistantLine"];
export type Patch = Schemas["AssistantPatch"];
export type NewAssistant = Schemas["NewAssistant"];
export type Brought = Schemas["Brought"];
export type Sharing = Schemas["Sharing"];
export type SharingWish = Schemas["SharingWish"];
export type VersionLine = Schemas["VersionLine"];
export type Difference = Schemas["Difference"];
export type Right = Schemas["Right"];
export type Audience = Sharing["audience"];

/** The parts of the list. */
export const CIRCLES = ["mine", "chosen", "everyone"] as const;
export type Circle = (typeof CIRCLES)[number];

export const LIST = ["assistants", "list"] as const;
const PAGE = 24;

const of = (id: string) => ({ params: { path: { assistant_id: id } } });
const matching = (id: string, etag: string) => ({ params: { path: { assistant_id: id }, header: { "If-Match": etag } } });
const address = (id: string): string => `/api/v1/assistants/${encodeURIComponent(id)}`;

export function listAssistants(circle: Circle, search: string, cursor: string | undefined) {
  const whose = circle === "mine" ? { mine: true } : { lent: circle };
  const query = { ...whose, limit: PAGE, ...(search !== "" && { search }), ...(cursor !== undefined && { cursor }) };
  return call(api.GET("/api/v1/assistants", { params: { query } }));
}

export const assistantKey = (id: string) => ["assistants", "one", id] as const;

export function assistantQuery(id: string) {
  return queryOptions({ queryKey: assistantKey(id), queryFn: () => getAssistant(id) });
}

export const getAssistant = (id: string): Promise<Assistant> => call(api.GET("/api/v1/assistants/{assistant_id}", of(id)));
export const createAssistant = (body: NewAssistant): Promise<Assistant> => call(api.POST("/api/v1/assistants", { body }));
export const changeAssistant = (id: string, body: Patch, etag: string): Promise<Assistant> => call(api.PATCH("/api/v1/assistants/{assistant_id}", { ...matching(id, etag), body }));
export const deleteAssistant = (id: string) => call(api.DELETE("/api/v1/assistants/{assistant_id}", of(id)));
export const duplicateAssistant = (id: string): Promise<Brought> => call(api.POST("/api/v1/assistants/{assistant_id}/duplicates", of(id)));

export async function importAssistant(file: Blob): Promise<Brought> {
  const response = await raw("/api/v1/assistant-imports", { method: "POST", body: file, headers: { "content-type": "application/json" } });
  return (await response.json()) as Brought;
}

/** Hands its file over to the browser. */
export async function exportAssistant(id: string, name: string): Promise<void> {
  const response = await raw(`${address(id)}/export`, { headers: { accept: "*/*" } });
  const plain = name.replace(/[^\p{L}\p{N} _.-]+/gu, " ").trim().slice(0, 80);
  download(`${plain || "assistant"}.json`, await response.blob());
}

export async function setPicture(id: string, picture: Blob): Promise<void> {
  await raw(`${address(id)}/picture`, { method: "PUT", body: picture, headers: { "content-type": picture.type } });
}

export async function removePicture(id: string): Promise<void> {
  await raw(`${address(id)}/picture`, { method: "DELETE" });
}

const version = (id: string, number: number) => ({ params: { path: { assistant_id: id, version_number: number } } });

export const versionsKey = (id: string) => ["assistants", "versions", id] as const;

export function listVersions(id: string, cursor: string | undefined) {
  return call(api.GET("/api/v1/assistants/{assistant_id}/versions", { params: { path: { assistant_id: id }, query: { limit: 30, ...(cursor !== undefined && { cursor }) } } }));
}

/** What `number` changed since `since`; since the one before it where that isn't told. */
export function differenceQuery(id: string, number: number, since: number | null) {
  return queryOptions({
    queryKey: [...versionsKey(id), "difference", number, since],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => {
      const params = { path: { assistant_id: id, version_number: number }, query: since === null ? {} : { since } };
      return call(api.GET("/api/v1/assistants/{assistant_id}/versions/{version_number}/difference", { params }));
    },
  });
}

export function restoreVersion(id: string, number: number, etag: string): Promise<Assistant> {
  const params = { ...version(id, number).params, header: { "If-Match": etag } };
  return call(api.POST("/api/v1/assistants/{assistant_id}/versions/{version_number}/restoration", { params }));
}

export const sharingKey = (id: string) => ["assistants", "sharing", id] as const;
export const getSharing = (id: string): Promise<Sharing> => call(api.GET("/api/v1/assistants/{assistant_id}/sharing", of(id)));
export const shareAssistant = (id: string, body: SharingWish, etag: string) => whole(api.PUT("/api/v1/assistants/{assistant_id}/sharing", { ...matching(id, etag), body }));

/** Which of the server's own tools work here. */
export const toolsQuery = queryOptions({
  queryKey: ["assistants", "tools"],
  staleTime: 60_000,
  queryFn: () => call(api.GET("/api/v1/assistant-tools")),
});

/** Shows an assistant as it is now, and reads the lists anew. */
export function keepAssistant(now: Assistant): void {
  queryClient.setQueryData(assistantKey(now.id), now);
  void queryClient.invalidateQueries({ queryKey: LIST });
}

/** It isn't there any more. */
export function forgetAssistant(id: string): void {
  queryClient.removeQueries({ queryKey: assistantKey(id) });
  void queryClient.invalidateQueries({ queryKey: LIST });
}
