// What an answer did on its way: the Responses API's own items of tools, as those who draw them know them.
import { placeOf } from "@/chat/references";
import type { CodeOutput, Hit, StepPart, StepState } from "@/chat/types";
import { isWord, number, text, type Word, words } from "@/chat/words";

const STEPS: Readonly<Record<string, (item: Word, open: boolean) => StepPart>> = {
  file_search_call: (item, open) => ({ kind: "search", id: text(item["id"]), queries: texts(item["queries"]), hits: hitsOf(item["results"]), state: stateOf(item, open), open }),
  code_interpreter_call: (item, open) => ({ kind: "code", id: text(item["id"]), code: text(item["code"]), outputs: outputsOf(item["outputs"]), state: stateOf(item, open), open }),
  mcp_call: (item, open) => ({
    kind: "mcp",
    ...named(item),
    output: typeof item["output"] === "string" ? item["output"] : null,
    error: errorOf(item["error"]),
    state: errorOf(item["error"]) === null ? stateOf(item, open) : "failed",
    open,
  }),
  mcp_list_tools: (item, open) => ({
    kind: "mcp-tools",
    id: text(item["id"]),
    server: text(item["server_label"]),
    tools: words(item["tools"]).map((tool) => text(tool["name"])),
    error: errorOf(item["error"]),
    open,
  }),
  mcp_approval_request: (item, open) => ({ kind: "approval", ...named(item), decision: "asking", open }),
};

export const isStep = (type: string): boolean => Object.hasOwn(STEPS, type);

/** The step that an item is; null for items of other kinds. */
export function stepOf(item: Word, open: boolean): StepPart | null {
  const type = text(item["type"]);
  return isStep(type) ? (STEPS[type]?.(item, open) ?? null) : null;
}

function named(item: Word): { id: string; server: string; name: string; input: string } {
  return { id: text(item["id"]), server: text(item["server_label"]), name: text(item["name"]), input: text(item["arguments"]) };
}

function stateOf(item: Word, open: boolean): StepState {
  const status = item["status"];
  if (status === "failed" || (!open && status === "incomplete")) return "failed";
  if (!open) return "done";
  return status === "searching" || status === "interpreting" || status === "calling" ? "running" : "writing";
}

/** A server tells a text, or an object that may have one. */
function errorOf(error: unknown): string | null {
  if (typeof error === "string") return error;
  if (!isWord(error)) return null;
  const told = text(error["message"]) || words(error["content"]).map((part) => text(part["text"])).join("\n");
  return told || JSON.stringify(error);
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((each) => typeof each === "string") : []);

function hitsOf(results: unknown): Hit[] | null {
  if (!Array.isArray(results)) return null;
  return words(results).map((hit) => ({
    fileId: text(hit["file_id"]),
    filename: text(hit["filename"]),
    score: number(hit["score"]) ?? 0,
    text: text(hit["text"]),
    place: placeOf(hit["prosa"]),
  }));
}

function outputsOf(outputs: unknown): CodeOutput[] | null {
  if (!Array.isArray(outputs)) return null;
  return words(outputs).flatMap((output): CodeOutput[] => {
    if (output["type"] === "logs") return [{ kind: "logs", text: text(output["logs"]) }];
    return output["type"] === "image" ? [{ kind: "image", fileId: fileIn(text(output["url"])) }] : [];
  });
}

/** Pictures are files of this server, told by their id or by their address here; from nowhere else. */
export function fileIn(address: string): string {
  return /^(?:\/v1\/files\/)?(file[-_][\w-]{1,80})(?:\/content)?$/.exec(address)?.[1] ?? "";
}

/** What a model looks for, by the arguments as it wrote them. */
export function queriesIn(written: string): string[] {
  try {
    const told: unknown = JSON.parse(written);
    if (!isWord(told)) return [];
    return Array.isArray(told["queries"]) ? texts(told["queries"]) : texts([told["query"]]);
  } catch {
    return [];
  }
}
