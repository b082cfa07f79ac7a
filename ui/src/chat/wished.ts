// What a question was asked with beside its words, for another version of it to be asked with the same.
import { ApiError } from "@/api";
import { chatApi, read } from "@/chat/api";
import { wishes } from "@/chat/parts";
import type { Wish } from "@/chat/types";
import { text, type Word, words } from "@/chat/words";

export const NO_WISH: Wish = { assistant: null, stores: [] };

/** Of the questions of one conversation. */
export class Wished {
  private readonly conversation: string;
  private readonly said: (runId: string) => Word | undefined;
  private readonly known = new Map<string, Promise<Wish>>();

  /** `said`: what was said of a question that this session has asked. */
  constructor(conversation: string, said: (runId: string) => Word | undefined) {
    this.conversation = conversation;
    this.said = said;
  }

  /** Of the question that began a run: who was to answer it, if not whoever always does, and what was to be searched. */
  of(runId: string | null): Promise<Wish> {
    if (runId === null) return Promise.resolve(NO_WISH);
    const found = this.known.get(runId) ?? this.look(runId);
    this.known.set(runId, found);
    found.catch(() => this.known.delete(runId));
    return found;
  }

  /** What is said of its next version. Left out, whoever answered it answers once more. */
  async again(runId: string | null, wish?: Wish): Promise<Word> {
    const had = await this.of(runId);
    const now = wish ?? had;
    const taken = had.assistant !== null && now.assistant === null;
    return { ...(taken && { assistant: await this.standing() }), ...wishes(now) };
  }

  private async look(runId: string): Promise<Wish> {
    const said = this.said(runId);
    const run = await there(chatApi.run(runId));
    // What another session asks is known once it has been answered.
    if (said === undefined && run?.open === true) this.known.delete(runId);
    const answered = run?.assistant ?? null;
    const [standing, brought] = answered === null ? [null, []] : await Promise.all([this.standing(), broughtBy(answered.id)]);
    const ids = storesIn(said ?? run?.result).filter((id) => !brought.includes(id));
    const stores = await Promise.all(ids.map(named));
    const assistant = answered === null || answered.id === standing ? null : { id: answered.id, name: answered.name ?? answered.id };
    return { assistant, stores: stores.filter((store) => store !== null) };
  }

  private async standing(): Promise<string | null> {
    const found = await there(read<{ settings?: { assistant?: string | null } }>(`/api/v1/conversations/${encodeURIComponent(this.conversation)}`));
    return found?.settings?.assistant ?? null;
  }
}

const storesIn = (said: Word | null | undefined): string[] => words(said?.["tools"]).flatMap((tool) => (tool["type"] === "file_search" && Array.isArray(tool["vector_store_ids"]) ? tool["vector_store_ids"].map(text) : []));

/** Knowledge that comes with an assistant needn't be wished for. */
const broughtBy = async (assistant: string): Promise<readonly string[]> => (await there(read<{ vector_store_ids?: string[] }>(`/api/v1/assistants/${encodeURIComponent(assistant)}`)))?.vector_store_ids ?? [];

async function named(id: string): Promise<Wish["stores"][number] | null> {
  const store = await there(read<{ name?: string | null }>(`/v1/vector_stores/${encodeURIComponent(id)}`));
  return store === null ? null : { id, name: store.name || id };
}

/** Null for what isn't there any more. */
async function there<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}
