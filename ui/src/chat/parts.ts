// What the words of the Responses API (items and the events that make them grow) are to those who draw them.
import { isStep, stepOf } from "@/chat/steps";
import { referencesOf } from "@/chat/references";
import type { Question } from "@/chat/thread";
import type { AnswerPart, Attachment, ReasoningPart, ToolPart } from "@/chat/types";
import { isWord, text, type Word, words } from "@/chat/words";

export { isWord, text, type Word, words };

/** Types of items that call something. */
const CALLS = new Set(["function_call", "prosa:tool_call"]);
export const isCall = (type: string): boolean => CALLS.has(type) || isStep(type);

/** The parts of an item that a model made. `open`: more of it may come. */
export function partsOf(item: Word, open = false): AnswerPart[] {
  const type = text(item["type"]);
  if (type === "message") return messageParts(item, open);
  if (type === "reasoning") return reasoningParts(item, open);
  if (CALLS.has(type)) return [toolPart(item, open)];
  const step = stepOf(item, open);
  return step === null ? [] : [step];
}

function messageParts(item: Word, open: boolean): AnswerPart[] {
  if (typeof item["content"] === "string") return [{ kind: "text", id: `${text(item["id"])}:0`, text: item["content"], open }];
  return words(item["content"]).map((part, index) => contentPart(`${text(item["id"])}:${index}`, part, open));
}

/** A part of a message: what it says, or why it says nothing. */
export function contentPart(id: string, part: Word, open: boolean): AnswerPart {
  if (part["type"] === "refusal") return { kind: "refusal", id, text: text(part["refusal"]), open };
  const references = referencesOf(part["annotations"]);
  return { kind: "text", id, text: text(part["text"]), open, ...(references.length > 0 && { references }) };
}

function reasoningParts(item: Word, open: boolean): ReasoningPart[] {
  const thought = joined(item["content"]) || joined(item["summary"]);
  return thought === "" && !open ? [] : [{ kind: "reasoning", id: text(item["id"]), text: thought, open }];
}

const joined = (parts: unknown): string =>
  words(parts)
    .map((part) => text(part["text"]))
    .filter(Boolean)
    .join("\n\n");

function toolPart(item: Word, open: boolean): ToolPart {
  const output = typeof item["output"] === "string" ? item["output"] : null;
  const failed = item["status"] === "failed" || (!open && item["status"] === "incomplete");
  const state = failed ? "failed" : open ? "writing" : "done";
  return { kind: "tool", id: text(item["id"]), name: text(item["name"]).replace(/^prosa__/, ""), input: text(item["arguments"]), output, state, open };
}

/** What a person said, and what they sent with it. */
export function said(item: Word): { text: string; attachments: Attachment[] } {
  if (typeof item["content"] === "string") return { text: item["content"], attachments: [] };
  const parts = words(item["content"]);
  const spoken = parts.filter((part) => part["type"] === "input_text" || part["type"] === "output_text").map((part) => text(part["text"]));
  return { text: spoken.join("\n\n"), attachments: parts.flatMap(attachmentOf) };
}

/** Pictures of this server, or that came with the item itself: nothing is loaded from anywhere else. */
function pictureOf(part: Word): string | undefined {
  const file = text(part["file_id"]);
  if (file !== "") return `/v1/files/${encodeURIComponent(file)}/content`;
  const address = text(part["image_url"]);
  return address.startsWith("data:image/") ? address : undefined;
}

function attachmentOf(part: Word, index: number): Attachment[] {
  if (part["type"] !== "input_image" && part["type"] !== "input_file") return [];
  const picture = part["type"] === "input_image";
  const name = text(part["filename"]);
  const preview = picture ? pictureOf(part) : undefined;
  const id = text(part["file_id"]) || `part-${index}`;
  return [{ id, name, type: picture ? "image/*" : typeOf(name), size: null, state: "ready", ...(preview !== undefined && { preview }) }];
}

const typeOf = (name: string): string => (name.toLowerCase().endsWith(".pdf") ? "application/pdf" : "");

/** What is shown of items that isn't told unasked. */
export const INCLUDED = ["file_search_call.results", "code_interpreter_call.outputs"] as const;

/** What a question wishes beside its words. */
export function wishes({ assistant, stores = [] }: Pick<Question, "assistant" | "stores">): Word {
  return {
    ...(assistant != null && { assistant: assistant.id }),
    ...(stores.length > 0 && { tools: [{ type: "file_search", vector_store_ids: stores.map(({ id }) => id) }] }),
  };
}

/** A question in the words of the Responses API. */
export function question(asked: string, attachments: readonly Attachment[]): string | Word[] {
  if (attachments.length === 0) return asked;
  return [{ type: "message", role: "user", content: content(asked, attachments) }];
}

export function content(asked: string, attachments: readonly Attachment[]): string | Word[] {
  if (attachments.length === 0) return asked;
  const files = attachments.map((file) =>
    file.type.startsWith("image/")
      ? { type: "input_image", file_id: file.id, detail: "auto" }
      : { type: "input_file", file_id: file.id, ...(file.name !== "" && { filename: file.name }) },
  );
  return asked === "" ? files : [{ type: "input_text", text: asked }, ...files];
}
