import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";
import { queryClient } from "@/app/query";

export type Prompt = Schemas["Prompt"];
export type NewPrompt = Schemas["NewPrompt"];
type Page = Schemas["ListOf_Prompt_"];

const PAGE = 30;

/** One's own and everyone's, those changed last first. */
export function promptPages(search: string) {
  return infiniteQueryOptions({
    queryKey: ["prompts", "list", search],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }): Promise<Page> =>
      call(api.GET("/api/v1/prompts", { params: { query: { limit: PAGE, ...(search !== "" && { search }), ...(pageParam !== null && { cursor: pageParam }) } }, signal })),
    getNextPageParam: (last) => last.next_cursor,
  });
}

const at = (prompt: Prompt) => ({ path: { prompt_id: prompt.id } });

/** Whatever shows prompts reads them anew. */
const moved = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ["prompts"] });

export async function createPrompt(body: NewPrompt): Promise<Prompt> {
  const made = await call(api.POST("/api/v1/prompts", { body }));
  await moved();
  return made;
}

/** Throws ApiError 412 where somebody else has changed it meanwhile. */
export async function changePrompt(prompt: Prompt, body: NewPrompt): Promise<Prompt> {
  const { command, ...others } = body;
  const made = await call(api.PATCH("/api/v1/prompts/{prompt_id}", { params: { ...at(prompt), header: { "If-Match": prompt.etag } }, body: { ...others, ...(command != null && { command }) } }));
  await moved();
  return made;
}

export async function deletePrompt(prompt: Prompt): Promise<void> {
  await call(api.DELETE("/api/v1/prompts/{prompt_id}", { params: at(prompt) }));
  await moved();
}
