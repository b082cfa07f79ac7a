// What was written and not sent yet, per conversation and person, in this browser.
import { remember, remembered } from "@/app/browser";
import type { Chosen } from "@/chat/thread";
import type { Attachment } from "@/chat/types";

export interface Written {
  text: string;
  /** Files that are with the server already. */
  files: readonly Attachment[];
  /** Who is to answer, and what is to be searched for it. */
  assistant?: Chosen | null;
  stores?: readonly Chosen[];
}

const PREFIX = "prosa.draft.";
const INDEX = "prosa.drafts";
const MOST = 40;
/** Longer ones hold until the page is left. */
const LONGEST = 200_000;
export const NOTHING: Written = { text: "", files: [] };

const nameOf = (person: string, conversation: string): string => `${person}.${conversation}`;

export function writtenIn(person: string, conversation: string): Written {
  try {
    const kept = JSON.parse(remembered(PREFIX + nameOf(person, conversation)) ?? "null") as Partial<Written> | null;
    return {
      text: typeof kept?.text === "string" ? kept.text : "",
      files: Array.isArray(kept?.files) ? kept.files.filter(isReady) : [],
      assistant: isChosen(kept?.assistant) ? kept.assistant : null,
      stores: Array.isArray(kept?.stores) ? kept.stores.filter(isChosen) : [],
    };
  } catch {
    return NOTHING;
  }
}

export function keepWritten(person: string, conversation: string, { text, files, assistant = null, stores = [] }: Written): void {
  const name = nameOf(person, conversation);
  const ready = files.filter(isReady).map(({ id, name: file, type, size, state, kept }) => ({ id, name: file, type, size, state, kept }));
  const empty = (text === "" && ready.length === 0 && assistant === null && stores.length === 0) || text.length > LONGEST;
  const others = index().filter((each) => each !== name);
  remember(PREFIX + name, empty ? null : JSON.stringify({ text, files: ready, assistant, stores }));
  if (!empty) others.push(name);
  for (const old of others.splice(0, Math.max(0, others.length - MOST))) remember(PREFIX + old, null);
  remember(INDEX, others.length === 0 ? null : JSON.stringify(others));
}

function index(): string[] {
  try {
    const kept: unknown = JSON.parse(remembered(INDEX) ?? "[]");
    return Array.isArray(kept) ? kept.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}

function isReady(file: unknown): file is Attachment {
  return typeof file === "object" && file !== null && (file as Attachment).state === "ready" && typeof (file as Attachment).id === "string";
}

function isChosen(chosen: unknown): chosen is Chosen {
  return typeof chosen === "object" && chosen !== null && typeof (chosen as Chosen).id === "string" && typeof (chosen as Chosen).name === "string";
}
