// Where a text points to: the annotations of the Responses API, and those that Assistants' runs tell of the same.
import type { Place, Reference } from "@/chat/types";
import { isWord, number, text, type Word, words } from "@/chat/words";

/** The place of a passage, as our own member of a citation or a hit tells it. */
export function placeOf(told: unknown): Place | null {
  if (!isWord(told)) return null;
  const heading = Array.isArray(told["heading"]) ? told["heading"].filter((each) => typeof each === "string") : [];
  return { start: number(told["start"]), end: number(told["end"]), page: number(told["page"]), heading };
}

export function referencesOf(annotations: unknown): Reference[] {
  return words(annotations).flatMap((each) => referenceOf(each) ?? []);
}

/** Null for what points elsewhere: addresses in the web are no sources of ours. */
export function referenceOf(told: Word): Reference | null {
  const type = text(told["type"]);
  const fileId = text(told["file_id"]);
  if (fileId === "") return null;
  const from = number(told["start_index"]) ?? number(told["index"]) ?? 0;
  const to = number(told["end_index"]) ?? from;
  const common = { fileId, filename: text(told["filename"]), from, to: Math.max(from, to) };
  if (type === "file_citation") return { kind: "passage", ...common, place: placeOf(told["prosa"]) };
  if (type === "container_file_citation" || type === "file_path") return { kind: "file", ...common, place: null };
  return null;
}
