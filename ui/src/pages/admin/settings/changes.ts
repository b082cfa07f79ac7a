import type { useAdminWords } from "@/i18n/admin";
import { number } from "@/i18n/format";
import type { Change, Setting } from "@/pages/admin/settings/data";
import { shownValue } from "@/pages/admin/settings/values";

type Words = ReturnType<typeof useAdminWords>["settings"];

/** "mudou “Dias na lixeira”" */
export function sentence(change: Change, words: Words): string {
  const name = change.kind === "setting" ? (words.described[change.name]?.label ?? change.name) : change.name;
  return words.log.actions[change.action](words.log.things[change.kind](name));
}

/** What was changed, each "field: from this to that". Of a key only whether there is one. */
export function changedFields(change: Change, words: Words): string[] {
  if (change.action === "deleted") return [];
  const fields = Object.keys({ ...change.before, ...change.after });
  const told = fields.flatMap((field) => {
    const [before, after] = [change.before[field], change.after[field]];
    if (change.action === "created") return blank(after) || USUAL.has(field) ? [] : [`${named(field, words)}: ${shown(change, field, after, words)}`];
    const text = words.log.fromTo(shown(change, field, before, words), shown(change, field, after, words));
    return [change.kind === "setting" ? text : `${named(field, words)} ${text}`];
  });
  return told;
}

// What is so of everything that was just made says nothing.
const USUAL = new Set(["enabled", "position", "kind"]);

const named = (field: string, words: Words): string => words.log.fields[field] ?? field;

const blank = (value: unknown): boolean => value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

function shown(change: Change, field: string, value: unknown, words: Words): string {
  if (field === "api_key") return blank(value) ? words.log.keyUnset : words.log.keySet;
  if (field === "position" && typeof value === "number") return number(value + 1);
  if (Array.isArray(value)) return value.length === 0 ? words.none : value.map(item).join(", ");
  return shownValue(change.kind === "setting" ? KINDS[change.name] ?? PLAIN : PLAIN, value, words);
}

const PLAIN: Pick<Setting, "kind" | "unit"> = { kind: "text", unit: null };
const KINDS: Record<string, Pick<Setting, "kind" | "unit">> = {
  "installation.language": { kind: "choice", unit: null },
  "people.registration": { kind: "registration", unit: null },
};

/** One of a list: a name, or a target as [model, weight]. */
function item(value: unknown): string {
  if (Array.isArray(value)) return value.length === 2 && value[1] !== 1 ? `${String(value[0])} × ${number(Number(value[1]))}` : String(value[0]);
  return String(value);
}
