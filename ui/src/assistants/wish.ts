// A question to an assistant as it stands on the screen: everything goes in the request itself, and nothing is saved.
import type { Assistant } from "@/assistants/data";
import { asPatch, type AssistantDraft, contentOf, draftOf, type Json } from "@/assistants/draft";
import type { Wish } from "@/chat/temporary";

const FOUND = ["file_search_call.results", "code_interpreter_call.outputs"];

type Asked = Wish & Json;

/** In the words of the Responses API. */
export function wishOf(draft: AssistantDraft, base: Assistant | null = null): Asked {
  if (base !== null && base.right !== "own") return lentWish(draft, base);
  const content = contentOf(draft);
  const tools = content.tools.flatMap((tool) => asked(tool, content.vector_store_ids, content.file_ids));
  const hosted = tools.some((tool) => tool["type"] !== "function");
  const text = formatOf(content.response_format);
  return {
    assistant: null,
    model: content.model || null,
    instructions: content.instructions,
    temperature: content.temperature,
    top_p: content.top_p,
    max_output_tokens: content.limits.max_completion_tokens,
    reasoning: content.reasoning_effort === null ? null : { effort: content.reasoning_effort },
    text: text === null ? null : { format: text },
    tools: tools.length === 0 ? null : tools,
    include: hosted ? FOUND : null,
  };
}

/** Another's: its owner's documents are searched for who asks the assistant itself, with what differs on the screen. */
function lentWish(draft: AssistantDraft, base: Assistant): Asked {
  const functions = contentOf(draft).tools.filter((tool) => tool["type"] === "function").flatMap((tool) => asked(tool, [], []));
  const tools = functions.length === 0 ? null : functions;
  return { assistant: base.id, draft: asPatch(draft, draftOf(base)), model: null, instructions: null, temperature: null, tools };
}

function asked(tool: Json, stores: readonly string[], files: readonly string[]): Json[] {
  if (tool["type"] === "file_search") {
    const { file_search: options, ...rest } = tool;
    return stores.length === 0 ? [] : [{ ...rest, ...(typeof options === "object" ? options : {}), vector_store_ids: stores }];
  }
  if (tool["type"] === "code_interpreter") return [{ type: "code_interpreter", container: { type: "auto", file_ids: files } }];
  if (tool["type"] === "function") return [{ type: "function", ...(tool["function"] as Json) }];
  return [tool];
}

function formatOf(format: string | Json): Json | null {
  if (typeof format === "string") return null;
  if (format["type"] !== "json_schema") return format;
  return { type: "json_schema", ...(format["json_schema"] as Json) };
}
