// What the menu of mentions offers, by its sign.
import { useQuery } from "@tanstack/react-query";
import { api, call, raw, type Schemas } from "@/api";
import { type AssistantLine, assistantsQuery, OFFERED } from "@/chat/assistants";
import { matching, type Sign, type Trigger } from "@/chat/mention/trigger";

export type Prompt = Schemas["Prompt"];

export interface OwnFile {
  id: string;
  filename: string;
  bytes: number;
}

export interface Store {
  id: string;
  name: string;
  files: number;
}

export type Offer = { kind: "assistant"; id: string; assistant: AssistantLine } | { kind: "file"; id: string; file: OwnFile } | { kind: "store"; id: string; store: Store } | { kind: "prompt"; id: string; prompt: Prompt };

/** What a model can be sent; other files belong into a knowledge base. */
const SENDABLE = /\.(?:png|jpe?g|gif|webp|pdf|txt|md|csv|jsonl?|xml|ya?ml|toml|ini|log|sql|tex|py|[jt]sx?|html?|css|java|c|h|cpp|cs|go|rs|rb|php|r|sh)$/i;
const MOST_FILES = 200;
/** So many of a kind are shown. */
const SHOWN = 8;

const filesQuery = {
  queryKey: ["files", "offered"],
  staleTime: 15_000,
  queryFn: async (): Promise<OwnFile[]> => {
    const { data } = (await (await raw(`/v1/files?limit=${MOST_FILES}&order=desc`)).json()) as { data: OwnFile[] };
    return data.filter(({ filename }) => SENDABLE.test(filename));
  },
};

const storesQuery = {
  queryKey: ["stores", "offered"],
  staleTime: 15_000,
  queryFn: async (): Promise<Store[]> => {
    const { data } = (await (await raw("/v1/vector_stores?limit=100")).json()) as { data: { id: string; name: string | null; file_counts: { total: number }; status: string }[] };
    return data.filter(({ status }) => status !== "expired").map(({ id, name, file_counts }) => ({ id, name: name || id, files: file_counts.total }));
  },
};

export const promptsQuery = (search = "") => ({
  queryKey: ["prompts", "offered", search],
  staleTime: 15_000,
  queryFn: async (): Promise<Prompt[]> => (await call(api.GET("/api/v1/prompts", { params: { query: { limit: 100, ...(search !== "" && { search }) } } }))).data,
});

export interface Offers {
  groups: readonly { key: Offer["kind"]; offers: readonly Offer[] }[];
  loading: boolean;
  failed: boolean;
  /** There is nothing at all, whatever is looked for. */
  empty: boolean;
}

/** What fits what is being written. */
export function useOffers({ sign, query }: Trigger): Offers {
  const at = (wanted: Sign): { enabled: boolean } => ({ enabled: sign === wanted });
  const assistants = useQuery({ ...assistantsQuery(), ...at("@") });
  const further = useQuery({ ...assistantsQuery(query.trim()), enabled: sign === "@" && (assistants.data?.length ?? 0) >= OFFERED && query.trim() !== "" });
  const files = useQuery({ ...filesQuery, ...at("#") });
  const stores = useQuery({ ...storesQuery, ...at("#") });
  const prompts = useQuery({ ...promptsQuery(), ...at("/") });
  const known = new Map([...(assistants.data ?? []), ...(further.data ?? [])].map((each) => [each.id, each]));
  const groups: { key: Offer["kind"]; offers: Offer[] }[] =
    sign === "@"
      ? [{ key: "assistant", offers: matching([...known.values()], query, (each) => `${each.name ?? ""} ${each.description ?? ""}`).map((assistant) => ({ kind: "assistant", id: assistant.id, assistant })) }]
      : sign === "/"
        ? [{ key: "prompt", offers: matching(prompts.data ?? [], query, (each) => `${each.command} ${each.name}`).map((prompt) => ({ kind: "prompt", id: prompt.id, prompt })) }]
        : [
            { key: "store", offers: matching(stores.data ?? [], query, (each) => each.name).map((store) => ({ kind: "store", id: store.id, store })) },
            { key: "file", offers: matching(files.data ?? [], query, (each) => each.filename).map((file) => ({ kind: "file", id: file.id, file })) },
          ];
  const asked = sign === "@" ? [assistants] : sign === "/" ? [prompts] : [files, stores];
  return {
    groups: groups.map(({ key, offers }) => ({ key, offers: offers.slice(0, SHOWN) })).filter(({ offers }) => offers.length > 0),
    loading: asked.some((each) => each.isPending),
    failed: asked.every((each) => each.isError),
    empty: asked.every((each) => (each.data?.length ?? 0) === 0),
  };
}
