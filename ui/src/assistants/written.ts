// Values of an assistant's fields as people read them, in lines.
import type { Messages } from "@/i18n/assistants";
import { number } from "@/i18n/format";

type Json = Record<string, unknown>;
const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const own = (names: Record<string, string>, key: string): string => (Object.hasOwn(names, key) ? (names[key] ?? key) : key);
const laidOut = (value: unknown): string => JSON.stringify(value, null, 2);

/** "" where nothing is said. */
export function written(field: string, value: unknown, words: Messages): string {
  if (value === null || value === undefined || value === "") return "";
  if (field === "tools" && Array.isArray(value)) return value.map((tool) => (isJson(tool) ? toolWritten(tool, words) : String(tool))).join("\n");
  if (field === "reasoning_effort") return own(words.assistants.advanced.efforts, String(value));
  if (field === "response_format") return formatWritten(value, words);
  if (field === "limits" && isJson(value)) return limitsWritten(value, words);
  if (typeof value === "string") return value;
  if (typeof value === "number") return number(value, { maximumFractionDigits: 4 });
  if (Array.isArray(value)) return value.every((each) => typeof each === "string") ? value.join("\n") : laidOut(value);
  return isJson(value) && Object.keys(value).length === 0 ? "" : laidOut(value);
}

function toolWritten(tool: Json, words: Messages): string {
  const said = words.assistants;
  const { type, ...rest } = tool;
  if (type === "function" && isJson(tool["function"])) {
    const { name, ...more } = tool["function"];
    return `${said.func.edit(String(name))}${beside(more)}`;
  }
  if (type === "mcp") {
    const { server_label: label, ...more } = rest;
    return `${said.card.tools.mcp}: ${String(label)}${beside(more)}`;
  }
  return `${own(said.card.tools, String(type))}${beside(rest)}`;
}

const beside = (more: Json): string => (Object.keys(more).length === 0 ? "" : `\n${laidOut(more)}`);

function formatWritten(value: unknown, words: Messages): string {
  const formats = words.assistants.advanced.formats;
  if (!isJson(value)) return own(formats, String(value));
  const { type, json_schema: schema } = value;
  return `${own(formats, String(type))}${isJson(schema) ? beside(schema) : ""}`;
}

function limitsWritten(value: Json, words: Messages): string {
  const said = words.assistants.advanced;
  const named: [string, unknown][] = [
    [said.prompt, value["max_prompt_tokens"]],
    [said.completion, value["max_completion_tokens"]],
  ];
  return named.flatMap(([name, most]) => (typeof most === "number" ? [`${name}: ${number(most)}`] : [])).join("\n");
}
