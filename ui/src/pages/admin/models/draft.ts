import type { Schemas } from "@/api";
import { isAlias, type Model, type ModelPatch } from "@/pages/admin/models/data";

/** A line of a list that is being edited; `key` stays with it wherever it moves. */
export interface Line {
  key: number;
  model: string;
  weight: string;
}

/** Dollars for a million tokens, as they are typed; all empty: what the table says. */
export interface PriceDraft {
  input: string;
  output: string;
  cached: string;
}

export interface ModelDraft {
  name: string;
  title: string;
  targets: readonly Line[];
  fallbacks: readonly Line[];
  price: PriceDraft;
}

let made = 0;

export function newLine(model = "", weight = 1): Line {
  made += 1;
  return { key: made, model, weight: String(weight) };
}

export const emptyDraft = (): ModelDraft => ({ name: "", title: "", targets: [newLine()], fallbacks: [], price: { input: "", output: "", cached: "" } });

export function draftOf(model: Model): ModelDraft {
  return {
    name: model.id,
    title: model.title === ownTitle(model) ? "" : model.title,
    targets: model.targets.map((target) => newLine(target.model, target.weight)),
    fallbacks: model.fallbacks.map((name) => newLine(name)),
    price: { input: typed(model.own_price?.input), output: typed(model.own_price?.output), cached: typed(model.own_price?.cached) },
  };
}

/** How a model is called where nobody has given it a title. */
const ownTitle = (model: Model): string => (isAlias(model) || model.provider === null ? model.id : model.id.replace(`${model.provider}/`, ""));

const titled = (draft: ModelDraft): string | null => draft.title.trim() || null;
const weighed = (text: string): number => Number(text.trim().replace(",", ".")) || 0;
const filled = (lines: readonly Line[]): Line[] => lines.filter((line) => line.model.trim() !== "");
const targetsOf = (draft: ModelDraft): Schemas["Target"][] => filled(draft.targets).map((line) => ({ model: line.model.trim(), weight: weighed(line.weight) }));
const fallbacksOf = (draft: ModelDraft): string[] => filled(draft.fallbacks).map((line) => line.model.trim());

function typed(dollars: number | null | undefined): string {
  return dollars === null || dollars === undefined ? "" : String(dollars);
}

/** What can't be read becomes NaN, which the server refuses by the field's name. */
function priceOf({ price }: ModelDraft): Schemas["OwnPrice"] | null {
  const [input = 0, output = 0, cached = 0] = [price.input, price.output, price.cached].map((text) => (text.trim() === "" ? Number.NaN : Number(text.trim().replace(",", "."))));
  if (price.input.trim() === "" && price.output.trim() === "" && price.cached.trim() === "") return null;
  return { input, output, cached: price.cached.trim() === "" ? null : cached };
}

export function asAlias(draft: ModelDraft): Schemas["NewAlias"] {
  return { name: draft.name.trim(), title: titled(draft), targets: targetsOf(draft), fallbacks: fallbacksOf(draft) };
}

/** Only what differs from how it was. */
export function asPatch(draft: ModelDraft, before: ModelDraft): ModelPatch {
  const differ = (first: unknown, second: unknown): boolean => JSON.stringify(first) !== JSON.stringify(second);
  return {
    ...(titled(draft) !== titled(before) && { title: titled(draft) }),
    ...(differ(targetsOf(draft), targetsOf(before)) && { targets: targetsOf(draft) }),
    ...(differ(fallbacksOf(draft), fallbacksOf(before)) && { fallbacks: fallbacksOf(draft) }),
    ...(differ(priceOf(draft), priceOf(before)) && { price: priceOf(draft) }),
  };
}
