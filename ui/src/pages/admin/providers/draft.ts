import type { Schemas } from "@/api";
import type { Provider, ProviderKind, ProviderPatch } from "@/pages/admin/providers/data";

/** What somebody types about a provider. The key is never anything but what was typed just now. */
export interface Draft {
  name: string;
  kind: string;
  base_url: string;
  api_key: string;
  removeKey: boolean;
  models: string;
  default_model: string;
  default_embedding_model: string;
  context_length: string;
}

export function newDraft(kind: ProviderKind, taken: readonly string[]): Draft {
  return { ...EMPTY, kind: kind.name, name: freeName(kind.name, taken) };
}

const EMPTY: Draft = { name: "", kind: "", base_url: "", api_key: "", removeKey: false, models: "", default_model: "", default_embedding_model: "", context_length: "" };

/** The vendor's own name, or the first numbered one that nobody has. */
export function freeName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  for (let number = 2; ; number += 1) if (!taken.includes(`${name}-${number}`)) return `${name}-${number}`;
}

export function draftOf(provider: Provider, kind: ProviderKind | undefined): Draft {
  return {
    ...EMPTY,
    name: provider.name,
    kind: provider.kind,
    base_url: provider.base_url === kind?.base_url ? "" : provider.base_url,
    models: provider.models.join("\n"),
    default_model: provider.default_model ?? "",
    default_embedding_model: provider.default_embedding_model ?? "",
    context_length: provider.context_length === null ? "" : String(provider.context_length),
  };
}

const lines = (text: string): string[] => [...new Set(text.split(/[\n,]/).map((line) => line.trim()))].filter((line) => line !== "");

const orNull = (text: string): string | null => text.trim() || null;

function facts(draft: Draft) {
  return {
    base_url: orNull(draft.base_url),
    models: lines(draft.models),
    default_model: orNull(draft.default_model),
    default_embedding_model: orNull(draft.default_embedding_model),
    context_length: draft.context_length.trim() === "" ? null : Number(draft.context_length),
  };
}

export function asNew(draft: Draft): Schemas["NewProvider"] {
  return { name: draft.name.trim(), kind: draft.kind, api_key: orNull(draft.api_key), ...facts(draft) };
}

/** Only what differs from how it was. A key that nobody typed stays. */
export function asPatch(draft: Draft, before: Draft): ProviderPatch {
  const [now, then] = [facts(draft), facts(before)];
  const changed = Object.entries(now).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(then[name as keyof typeof then]));
  const key = draft.api_key.trim() !== "" ? { api_key: draft.api_key.trim() } : draft.removeKey ? { api_key: null } : {};
  return { ...(Object.fromEntries(changed) as Partial<typeof now>), ...key };
}

export function asTrial(draft: Draft, stored: boolean): Schemas["DraftTrial"] {
  const key = orNull(draft.api_key);
  return {
    kind: draft.kind,
    base_url: orNull(draft.base_url),
    api_key: key,
    model: orNull(draft.default_model),
    ...(stored && key === null && !draft.removeKey && { name: draft.name }),
  };
}
