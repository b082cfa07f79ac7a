// A chat of which nothing is kept: it stands in this tab alone, and whoever leaves it ends it.
import { ApiError, raw, StreamParser } from "@/api";
import { newId } from "@/app/browser";
import { addresses } from "@/chat/api";
import { Draft } from "@/chat/draft";
import { eventOf } from "@/chat/follow";
import { content, wishes, type Word, words } from "@/chat/parts";
import { Beat, type Question, type Thread, type ThreadStore } from "@/chat/thread";
import { deleteFile } from "@/chat/uploads";
import type { AnswerTurn, Turn, TurnActions, UserTurn, Wish as Asked } from "@/chat/types";
import { isAbort } from "@/chat/waiting";
import { NO_WISH } from "@/chat/wished";

interface Exchange {
  question: UserTurn;
  draft: Draft;
  /** What was wished for this one. */
  wished: Asked;
}

/** What it is asked with. */
export interface Wish {
  model: string | null;
  instructions: string | null;
  temperature: number | null;
  assistant: string | null;
}

export class TemporaryStore implements ThreadStore {
  private wish: Wish = { model: null, instructions: null, temperature: null, assistant: null };
  private said: Exchange[] = [];
  private leave = new AbortController();
  private thread: Thread = { status: "ready", error: null, turns: [], older: "none", busy: false, connection: "live" };
  private readonly listeners = new Set<() => void>();
  private readonly beat = new Beat(() => this.publish());

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): Thread => this.thread;
  loadOlder = (): void => undefined;
  reload = (): void => undefined;

  wishes(wish: Wish): void {
    this.wish = wish;
  }

  send = ({ text, attachments, assistant = null, stores = [] }: Question): void => {
    if (this.thread.busy) return;
    const draft = new Draft(newId());
    const id = `local-${draft.key}`;
    const question: UserTurn = { role: "user", id, key: `q-${draft.key}`, parentId: null, versions: [id], createdAt: draft.createdAt, text, attachments, sending: false };
    this.said = [...this.said, { question, draft, wished: { assistant, stores } }];
    void this.ask(draft);
  };

  /** Everything that was said before comes along: the server remembers nothing. */
  private input(before: Draft): Word[] {
    const items: Word[] = [];
    for (const { question, draft } of this.said) {
      items.push({ type: "message", role: "user", content: content(question.text, question.attachments) });
      if (draft === before) break;
      const text = draft.parts().flatMap((part) => (part.kind === "text" ? [part.text] : []));
      if (text.length > 0) items.push({ type: "message", role: "assistant", content: text.join("\n\n") });
    }
    return items;
  }

  private async ask(draft: Draft): Promise<void> {
    this.leave = new AbortController();
    const { signal } = this.leave;
    this.beat.now();
    const wish = Object.fromEntries(Object.entries(this.wish).filter(([, value]) => value !== null));
    const asked = this.said.find((each) => each.draft === draft)?.wished ?? NO_WISH;
    const wished = wishes(asked);
    const tools = [...words((wish as Word)["tools"]), ...words(wished["tools"])];
    const headers = { accept: "text/event-stream", "content-type": "application/json" };
    try {
      const response = await raw(addresses.temporary, { method: "POST", headers, signal, body: JSON.stringify({ ...wish, ...wished, ...(tools.length > 0 && { tools }), input: this.input(draft) }) });
      await this.hear(response, draft);
      if (draft.open) draft.end("incomplete", { code: "interrupted", message: "" });
    } catch (error) {
      if (isAbort(error) || signal.aborted) draft.end("cancelled");
      else draft.end("failed", error instanceof ApiError ? { code: error.code, message: error.detail } : { code: "interrupted", message: "" });
    }
    this.beat.now();
  }

  private async hear(response: Response, draft: Draft): Promise<void> {
    const reader = response.body?.getReader();
    if (reader === undefined) return;
    const parser = new StreamParser();
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      for (const event of parser.feed(decoder.decode(value, { stream: true }))) {
        const told = eventOf(event.id, event.data);
        if (told !== null) draft.apply(told);
      }
      this.beat.later();
    }
  }

  stop = (): void => this.leave.abort();

  /** The chat is left: nothing of it stays. */
  forget(): void {
    this.leave.abort();
    for (const { id, kept } of this.said.flatMap(({ question }) => question.attachments)) if (kept !== true) deleteFile(id);
    this.said = [];
    this.publish();
  }

  private regenerate = (turn: AnswerTurn): void => {
    const place = this.said.findIndex(({ draft }) => draft.key === turn.key);
    const exchange = this.said[place];
    if (exchange === undefined || this.thread.busy) return;
    const draft = new Draft(newId());
    this.said = [...this.said.slice(0, place), { ...exchange, draft }];
    void this.ask(draft);
  };

  private wished = async (turn: UserTurn): Promise<Asked> => this.said.find(({ question }) => question.id === turn.id)?.wished ?? NO_WISH;

  private edit: NonNullable<TurnActions["edit"]> = async (turn, text, _how, wish) => {
    const kept = wish ?? (await this.wished(turn));
    const place = this.said.findIndex(({ question }) => question.id === turn.id);
    if (place < 0 || this.thread.busy) return;
    this.said = this.said.slice(0, place);
    this.send({ text, attachments: turn.attachments, ...kept });
  };

  readonly actions: TurnActions = { regenerate: this.regenerate, edit: this.edit, wished: this.wished };

  private publish(): void {
    const turns: Turn[] = this.said.flatMap(({ question, draft }) => [question, answered(draft, question.id)]);
    this.thread = { ...this.thread, turns, busy: this.said.some(({ draft }) => draft.open) };
    for (const listener of this.listeners) listener();
  }
}

const made = new WeakMap<Draft, AnswerTurn & { version: number }>();

/** The same object as before for an answer that didn't change. */
function answered(draft: Draft, parentId: string): AnswerTurn {
  const before = made.get(draft);
  if (before?.version === draft.version) return before;
  const turn = {
    role: "answer" as const,
    id: draft.key,
    key: draft.key,
    parentId,
    versions: [draft.key],
    createdAt: draft.createdAt,
    runId: null,
    state: draft.state,
    parts: draft.parts(),
    model: draft.model,
    usage: draft.usage,
    error: draft.error,
    lastItemId: null,
    feedback: null,
    version: draft.version,
  };
  made.set(draft, turn);
  return turn;
}
