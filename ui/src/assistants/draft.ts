// An assistant as it stands on the screen, and what of it is sent.
import type { Assistant, NewAssistant, Patch } from "@/assistants/data";
import { readSchema } from "@/assistants/schema";
import { number } from "@/i18n/format";

export type Json = Record<string, unknown>;

/** A line of a list that is being edited; `key` stays with it wherever it moves. */
export interface Starter {
  key: number;
  text: string;
}

export interface FunctionDraft {
  key: number;
  name: string;
  description: string;
  /** JSON as it is typed; empty: none. */
  parameters: string;
  strict: boolean | null;
}

export type Format = "auto" | "text" | "json_object" | "json_schema";

export interface SchemaDraft {
  name: string;
  schema: string;
  strict: boolean | null;
  /** What the form shows no field for. */
  description: string | null;
}

export interface AssistantDraft {
  name: string;
  description: string;
  instructions: string;
  /** Empty: the server's default. */
  model: string;
  starters: readonly Starter[];
  search: boolean;
  stores: readonly string[];
  code: boolean;
  files: readonly string[];
  functions: readonly FunctionDraft[];
  /** Labels of the operator's servers. */
  servers: readonly string[];
  temperature: string;
  topP: string;
  effort: string;
  promptTokens: string;
  completionTokens: string;
  format: Format;
  schema: SchemaDraft;
  /** Tools as they were found, for what the form doesn't show of them. */
  found: readonly Json[];
}

export const MOST = { name: 256, description: 512, instructions: 256_000, starters: 8, starter: 500, functions: 120, files: 20 } as const;
const EMPTY_SCHEMA: SchemaDraft = { name: "", schema: "", strict: null, description: null };

let made = 0;

export function newKey(): number {
  made += 1;
  return made;
}

export const emptyDraft = (): AssistantDraft => ({
  name: "",
  description: "",
  instructions: "",
  model: "",
  starters: [],
  search: false,
  stores: [],
  code: false,
  files: [],
  functions: [],
  servers: [],
  temperature: "",
  topP: "",
  effort: "",
  promptTokens: "",
  completionTokens: "",
  format: "auto",
  schema: EMPTY_SCHEMA,
  found: [],
});

/** What a saved assistant says, as it is edited. */
export function draftOf(assistant: Assistant): AssistantDraft {
  const { tools, limits } = assistant;
  return {
    name: assistant.name ?? "",
    description: assistant.description ?? "",
    instructions: assistant.instructions ?? "",
    model: assistant.model,
    starters: assistant.starters.map((text) => ({ key: newKey(), text })),
    search: tools.some((tool) => tool["type"] === "file_search"),
    stores: assistant.vector_store_ids,
    code: tools.some((tool) => tool["type"] === "code_interpreter"),
    files: assistant.file_ids,
    functions: tools.flatMap((tool) => (tool["type"] === "function" ? [functionOf(tool)] : [])),
    servers: tools.flatMap((tool) => (tool["type"] === "mcp" ? [text(tool["server_label"])] : [])),
    temperature: typed(assistant.temperature),
    topP: typed(assistant.top_p),
    effort: assistant.reasoning_effort ?? "",
    promptTokens: typed(limits.max_prompt_tokens),
    completionTokens: typed(limits.max_completion_tokens),
    ...formatOf(assistant.response_format),
    found: tools,
  };
}

const typed = (value: number | null | undefined): string => (value === null || value === undefined ? "" : number(value, { useGrouping: false, maximumFractionDigits: 10 }));
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const laidOut = (value: unknown): string => (value === null || value === undefined ? "" : JSON.stringify(value, null, 2));
const flag = (value: unknown): boolean | null => (typeof value === "boolean" ? value : null);

function functionOf(tool: Json): FunctionDraft {
  const told = isJson(tool["function"]) ? tool["function"] : {};
  return { key: newKey(), name: text(told["name"]), description: text(told["description"]), parameters: laidOut(told["parameters"]), strict: flag(told["strict"]) };
}

function formatOf(format: string | Json): Pick<AssistantDraft, "format" | "schema"> {
  const type = typeof format === "string" ? format : text(format["type"]);
  if (type !== "json_schema" || typeof format === "string") return { format: type === "text" || type === "json_object" ? type : "auto", schema: EMPTY_SCHEMA };
  const told = isJson(format["json_schema"]) ? format["json_schema"] : {};
  const description = typeof told["description"] === "string" ? told["description"] : null;
  return { format: "json_schema", schema: { name: text(told["name"]), schema: laidOut(told["schema"]), strict: flag(told["strict"]), description } };
}

/** A number as people type it, with a comma or a point; null: nothing; NaN: none. */
export function numberOf(written: string): number | null {
  const bare = written.trim();
  return bare === "" ? null : /^-?\d*[.,]?\d+$/.test(bare) ? Number(bare.replace(",", ".")) : Number.NaN;
}

/** A whole number as people type it; points and spaces between thousands are passed over. */
export function wholeOf(written: string): number | null {
  const bare = written.trim().replace(/(?<=\d)[.,\s](?=\d{3}(?!\d))/g, "");
  return bare === "" ? null : /^\d+$/.test(bare) ? Number(bare) : Number.NaN;
}

function functionTool(told: FunctionDraft): Json {
  const parameters = readSchema(told.parameters);
  const description = told.description.trim();
  const body = { name: told.name.trim(), ...(description !== "" && { description }), ...(parameters.value !== null && { parameters: parameters.value }), ...(told.strict !== null && { strict: told.strict }) };
  return { type: "function", function: body };
}

const KNOWN = new Set(["file_search", "code_interpreter", "function", "mcp"]);

/** The tools in the order in which the form has them; what it doesn't know stays behind them. */
export function toolsOf(draft: AssistantDraft): Json[] {
  const before = (type: string): Json => draft.found.find((tool) => tool["type"] === type) ?? { type };
  const server = (label: string): Json => draft.found.find((tool) => tool["type"] === "mcp" && tool["server_label"] === label) ?? { type: "mcp", server_label: label };
  return [
    ...(draft.search ? [before("file_search")] : []),
    ...(draft.code ? [before("code_interpreter")] : []),
    ...draft.functions.map(functionTool),
    ...draft.servers.map(server),
    ...draft.found.filter((tool) => !KNOWN.has(text(tool["type"]))),
  ];
}

function responseFormat({ format, schema }: AssistantDraft): string | Json {
  if (format === "auto") return "auto";
  if (format !== "json_schema") return { type: format };
  const read = readSchema(schema.schema);
  const told = { name: schema.name.trim(), ...(schema.description !== null && { description: schema.description }), ...(read.value !== null && { schema: read.value }), ...(schema.strict !== null && { strict: schema.strict }) };
  return { type: "json_schema", json_schema: told };
}

/** Everything that it says, in the words of the API. */
export function contentOf(draft: AssistantDraft) {
  return {
    name: draft.name.trim(),
    description: draft.description.trim() || null,
    instructions: draft.instructions.trim() === "" ? null : draft.instructions,
    model: draft.model,
    tools: toolsOf(draft),
    vector_store_ids: [...draft.stores],
    file_ids: [...draft.files],
    temperature: numberOf(draft.temperature),
    top_p: numberOf(draft.topP),
    reasoning_effort: (draft.effort || null) as NewAssistant["reasoning_effort"] & (string | null),
    response_format: responseFormat(draft),
    starters: draft.starters.map((line) => line.text.trim()).filter((line) => line !== ""),
    limits: { max_prompt_tokens: wholeOf(draft.promptTokens), max_completion_tokens: wholeOf(draft.completionTokens) },
  };
}

export type Content = ReturnType<typeof contentOf>;

const differ = (first: unknown, second: unknown): boolean => JSON.stringify(first) !== JSON.stringify(second);

/** The fields in which two drafts say different things. */
export function changedFields(draft: AssistantDraft, before: AssistantDraft): (keyof Content)[] {
  const now = contentOf(draft);
  const then = contentOf(before);
  return (Object.keys(now) as (keyof Content)[]).filter((field) => differ(now[field], then[field]));
}

/** Only what differs from how it was. */
export function asPatch(draft: AssistantDraft, before: AssistantDraft): Patch {
  const now = contentOf(draft);
  return Object.fromEntries(changedFields(draft, before).map((field) => [field, now[field]])) as Patch;
}

/** What isn't said isn't sent. */
export function asNew(draft: AssistantDraft): NewAssistant {
  const { name, ...rest } = asPatch(draft, emptyDraft());
  return { ...rest, name: name ?? "" };
}
