import { useQueries } from "@tanstack/react-query";
import { isApiError, raw } from "@/api";

export interface Stored {
  id: string;
  name?: string | null;
  filename?: string;
  bytes?: number;
}

/** What stands behind the id of a file or a store of one's own; null: it isn't there any more, or is another's. */
export function storedQuery(id: string) {
  const kind = id.startsWith("vs_") ? "vector_stores" : "files";
  return {
    queryKey: ["stored", id],
    staleTime: 60_000,
    queryFn: async (): Promise<Stored | null> => {
      try {
        return (await (await raw(`/v1/${kind}/${encodeURIComponent(id)}`)).json()) as Stored;
      } catch (error) {
        if (isApiError(error) && error.status === 404) return null;
        throw error;
      }
    },
  };
}

/** The names of files and stores, as far as they can be told; ids for the others. */
export function useStoredNames(ids: readonly string[]): (id: string) => string {
  const found = useQueries({ queries: ids.map(storedQuery) });
  return (id) => {
    const told = found[ids.indexOf(id)]?.data;
    return told?.name ?? told?.filename ?? id;
  };
}
