import type { Schemas } from "@/api";
import { isAlias, type Model, type ModelPatch } from "@/pages/admin/models/data";

/** A line of a list that is being edited; `key` stays with it wherever it moves. */
export interface Line {
  key: number;
  model: string;
  weight: string;
}

export interface ModelDraft {
  name: string;
  title: string;
  targets: readonly Line[];
  fallbacks: readonly Line[];
}

let made = 0;

export function newLine(model = "", weight = 1): Line {
  made += 1;
  return { key: made, model, weight: String(weight) };
}

export const emptyDraft = (): ModelDraft => ({ name: "", title: "", targets: [newLine()], fallbacks: [] });

export function draftOf(model: Model): ModelDraft {
  return {
    name: model.id,
    title: model.title === ownTitle(model) ? "" : model.title,
    targets: model.targets.map((target) => newLine(target.model, target.weight)),
    fallbacks: model.fallbacks.map((name) => newLine(name)),
  };
}

/** How a model is called where nobody has given it a title. */
const ownTitle = (model: Model): string => (isAlias(model) || model.provider === null ? model.id : model.id.replace(`${model.provider}/`, ""));

const titled = (draft: ModelDraft): string | null => draft.title.trim() || null;
const weighed = (text: string): number => Number(text.trim().replace(",", ".")) || 0;
const filled = (lines: readonly Line[]): Line[] => lines.filter((line) => line.model.trim() !== "");
const targetsOf = (draft: ModelDraft): Schemas["Target"][] => filled(draft.targets).map((line) => ({ model: line.model.trim(), weight: weighed(line.weight) }));
const fallbacksOf = (draft: ModelDraft): string[] => filled(draft.fallbacks).map((line) => line.model.trim());

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
  };
}
