// Questions that the server hasn't taken yet, kept by this tab: a reload loses none of them.
import { ApiError } from "@/api/errors";
import { isWord, text, type Word, words } from "@/chat/parts";
import type { Attachment } from "@/chat/types";

export interface Unsent {
  key: string;
  text: string;
  attachments: readonly Attachment[];
  createdAt: string;
  parentId: string | null;
  versions: readonly string[];
  /** What is said of it, for another try. */
  body: Word;
  /** What refused it; absent while it is on its way. */
  error?: unknown;
}

const PREFIX = "prosa.unsent.";
const LONGEST = 500_000;
/** For so long a question that was on its way is asked by itself under its key; afterwards the person says so. */
const KNOWN = 3_600_000;

export function keepUnsent(person: string, conversation: string, questions: readonly Unsent[]): void {
  if (person === "") return;
  const kept = JSON.stringify(questions.map(({ error, ...question }) => ({ ...question, ...(error !== undefined && { error: told(error) }) })));
  try {
    if (questions.length === 0 || kept.length > LONGEST) sessionStorage.removeItem(PREFIX + person + conversation);
    else sessionStorage.setItem(PREFIX + person + conversation, kept);
  } catch {
    // storage is full or switched off: they hold until the page is left
  }
}

export function unsentIn(person: string, conversation: string): Unsent[] {
  try {
    const kept: unknown = person === "" ? [] : JSON.parse(sessionStorage.getItem(PREFIX + person + conversation) ?? "[]");
    return words(kept).flatMap(read);
  } catch {
    return [];
  }
}

function told(error: unknown): Word {
  if (!(error instanceof ApiError)) return {};
  const { status, code, detail, param, retryAfter } = error;
  return { status, code, detail, param, retryAfter };
}

function read(kept: Word): Unsent[] {
  const { body, error } = kept;
  if (text(kept["key"]) === "" || !isWord(body)) return [];
  const createdAt = text(kept["createdAt"]);
  const old = !(Date.now() - Date.parse(createdAt) < KNOWN);
  return [
    {
      key: text(kept["key"]),
      text: text(kept["text"]),
      attachments: words(kept["attachments"]).map((file) => without(file as unknown as Attachment)),
      createdAt,
      parentId: text(kept["parentId"]) || null,
      versions: Array.isArray(kept["versions"]) ? kept["versions"].map(String) : [],
      body,
      ...(isWord(error) ? { error: again(error) } : old && { error: new ApiError(0, { code: "unreachable" }) }),
    },
  ];
}

/** A picture that this browser held is gone with the page; the server has it. */
function without({ preview, ...file }: Attachment): Attachment {
  return { ...file, ...(preview !== undefined && { preview: `/v1/files/${encodeURIComponent(file.id)}/content` }) };
}

function again(error: Word): unknown {
  const { status, retryAfter } = error;
  if (typeof status !== "number") return new Error("unknown");
  return new ApiError(status, { code: text(error["code"]), detail: text(error["detail"]), param: text(error["param"]) || null }, typeof retryAfter === "number" ? retryAfter : null);
}
