import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, ApiError, call, raw, type Schemas } from "@/api";
import { remember, remembered } from "@/app/browser";

export interface Model {
  id: string;
  title: string;
  provider: string | null;
  standard: boolean;
}

const KEY = "prosa.model";

export const modelsQuery = queryOptions({
  queryKey: ["models", "chat"],
  staleTime: 60_000,
  queryFn: async (): Promise<Model[]> => {
    try {
      const { data } = await call(api.GET("/api/v1/models"));
      return data.filter((model) => model.kind !== "embedding").map(modelOf);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return plain();
      throw error;
    }
  },
});

function modelOf({ id, title, provider, default: standard }: Schemas["ListedModel"]): Model {
  return { id, title: title || id, provider, standard };
}

/** The list of OpenAI's dialect tells less. */
async function plain(): Promise<Model[]> {
  const { data } = (await (await raw("/v1/models")).json()) as { data: { id: string; owned_by: string }[] };
  return data.filter(({ id }) => !id.includes("embed")).map(({ id, owned_by }) => ({ id, title: id, provider: owned_by, standard: false }));
}

export function useModels() {
  return useQuery(modelsQuery);
}

/** What the person chose last: a new conversation begins with it, while it is there. */
export function lastModel(models: readonly Model[] | undefined): string | null {
  const kept = remembered(KEY);
  if (kept === null || models?.some((model) => model.id === kept) === false) return null;
  return kept;
}

export function rememberModel(id: string): void {
  remember(KEY, id);
}
