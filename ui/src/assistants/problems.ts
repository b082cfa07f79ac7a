// What is wrong with a draft, field by field: seen here first, then by the server.
import { type ApiError, explain, isApiError } from "@/api";
import { type AssistantDraft, MOST, numberOf, wholeOf } from "@/assistants/draft";
import { readSchema, sayFlaw } from "@/assistants/schema";
import type { Messages } from "@/i18n/assistants";
import { number } from "@/i18n/format";

/** The places of the form that can be at fault. */
export type Place =
  | "name"
  | "description"
  | "instructions"
  | "model"
  | "starters"
  | "stores"
  | "files"
  | "functions"
  | "servers"
  | "temperature"
  | "topP"
  | "effort"
  | "promptTokens"
  | "completionTokens"
  | "format"
  | "schemaName"
  | "schema";
export type Problems = Partial<Record<Place, string>>;

export const ADVANCED: readonly Place[] = ["temperature", "topP", "effort", "promptTokens", "completionTokens", "format", "schemaName", "schema"];
export const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

const within = (value: number | null, least: number, most: number): boolean => value === null || (value >= least && value <= most);

/** Everything that can be seen without asking the server. */
export function problemsOf(draft: AssistantDraft, words: Messages): Problems {
  const said = words.assistants.wrong;
  const found: Problems = {};
  const check = (place: Place, fine: boolean, problem: string): void => {
    if (!fine) found[place] ??= problem;
  };
  const long = (most: number): string => said.long(number(most));
  check("name", draft.name.trim() !== "", said.name);
  check("name", draft.name.trim().length <= MOST.name, long(MOST.name));
  check("description", draft.description.trim().length <= MOST.description, long(MOST.description));
  check("instructions", draft.instructions.length <= MOST.instructions, long(MOST.instructions));
  check("starters", draft.starters.every(({ text }) => text.trim().length <= MOST.starter), long(MOST.starter));
  check("functions", new Set(draft.functions.map(({ name }) => name.trim())).size === draft.functions.length, said.functions);
  check("temperature", within(numberOf(draft.temperature), 0, 2), said.temperature);
  check("topP", within(numberOf(draft.topP), 0, 1), said.topP);
  check("promptTokens", within(wholeOf(draft.promptTokens), 256, 100_000_000), said.tokens);
  check("completionTokens", within(wholeOf(draft.completionTokens), 256, 100_000_000), said.tokens);
  if (draft.format === "json_schema") {
    check("schemaName", NAME.test(draft.schema.name.trim()), said.schemaName);
    const { flaw } = readSchema(draft.schema.schema, false);
    if (flaw !== null) found.schema ??= sayFlaw(flaw, words.assistants.schema);
  }
  return found;
}

/** A field of the API, and where the form has it. */
const PLACES: readonly (readonly [RegExp, Place])[] = [
  [/^name\b/, "name"],
  [/^description\b/, "description"],
  [/^instructions\b/, "instructions"],
  [/^model\b/, "model"],
  [/^starters\b/, "starters"],
  [/vector_store_ids/, "stores"],
  [/file_ids/, "files"],
  [/server_label/, "servers"],
  [/^tools\b/, "functions"],
  [/^temperature\b/, "temperature"],
  [/^top_p\b/, "topP"],
  [/^reasoning_effort\b/, "effort"],
  [/max_prompt_tokens/, "promptTokens"],
  [/max_completion_tokens/, "completionTokens"],
  [/^response_format\b/, "format"],
];

function placeOf(param: string | null): Place | null {
  return (param !== null && PLACES.find(([field]) => field.test(param))?.[1]) || null;
}

/** What the server refused: beside its field, or by itself. */
export function refusedBy(error: unknown, words: Messages): { problems: Problems; failure: string | null } {
  const place = isApiError(error) ? placeOf(error.param ?? error.errors[0]?.param ?? null) : null;
  const sentence = isApiError(error) ? sentenceOf(error, words) : explain(error, words);
  return place === null ? { problems: {}, failure: sentence } : { problems: { [place]: sentence }, failure: null };
}

/** Codes that mean something of their own here. */
function sentenceOf(error: ApiError, words: Messages): string {
  const said = words.assistants.wrong;
  const own: Record<string, string> = {
    model_not_found: said.model,
    function_named_twice: said.functions,
    assistant_too_large: said.large,
    too_many_assistants: said.many,
    assistant_not_yours: said.notYours,
  };
  const known = own[error.code];
  if (known !== undefined) return known;
  if (error.status === 404 && /vector_store_ids/.test(error.param ?? "")) return said.store;
  if (error.status === 404 && /file_ids/.test(error.param ?? "")) return said.file;
  const unfit = error.status === 422 || error.code === "invalid_value" || error.code === "invalid_body";
  return unfit ? `${said.unfit} ${error.detail}`.trim() : explain(error, words);
}
