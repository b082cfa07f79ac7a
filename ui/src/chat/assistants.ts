import { queryOptions } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";

export type AssistantLine = Schemas["AssistantLine"];
export type Assistant = Schemas["Assistant"];

/** So many are offered at once; who has more finds the others by their names. */
export const OFFERED = 50;

/** The assistants that one may use, newest first. */
export function assistantsQuery(search = "") {
  return queryOptions({
    queryKey: ["assistants", "list", "offered", search],
    staleTime: 30_000,
    queryFn: async ({ signal }): Promise<readonly AssistantLine[]> =>
      (await call(api.GET("/api/v1/assistants", { params: { query: { limit: OFFERED, ...(search !== "" && { search }) } }, signal }))).data,
  });
}

/** One of them; an error 404 where it was deleted, or isn't shared with one any more. */
export function assistantQuery(id: string) {
  return queryOptions({
    queryKey: ["assistants", "one", id],
    staleTime: 30_000,
    queryFn: ({ signal }): Promise<Assistant> => call(api.GET("/api/v1/assistants/{assistant_id}", { params: { path: { assistant_id: id } }, signal })),
  });
}
