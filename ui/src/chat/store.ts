// A conversation that is open in this tab. The server owns it: here stands a copy of its chosen path, and what its answers' logs
// have told so far. Knows nothing of React.
import { ApiError } from "@/api";
import { newId } from "@/app/browser";
import { Answering } from "@/chat/answering";
import { approvalInput, type Approvals } from "@/chat/approvals";
import { addresses, chatApi, type Item } from "@/chat/api";
import { Draft } from "@/chat/draft";
import { Opinions } from "@/chat/opinions";
import { content, question, wishes, type Word } from "@/chat/parts";
import { EMPTY, extended, type Path, renewed } from "@/chat/path";
import { Questions } from "@/chat/questions";
import { Runs, searchedFor } from "@/chat/runs";
import { SILENT, type Telling } from "@/chat/telling";
import { Beat, LOADING, type Question, type Thread, type ThreadStore } from "@/chat/thread";
import { Turns } from "@/chat/turns";
import type { AnswerTurn, Turn, TurnActions, UserTurn } from "@/chat/types";
import { isAbort } from "@/chat/waiting";

export class ConversationStore implements ThreadStore {
  readonly id: string;
  private telling: Telling = SILENT;
  private path: Path = EMPTY;
  private thread: Thread = LOADING;
  private readonly turns = new Turns();
  private readonly runs: Runs;
  private readonly opinions: Opinions;
  private readonly answering: Answering;
  private readonly questions: Questions;
  private readonly listeners = new Set<() => void>();
  private readonly beat = new Beat(() => this.publish());
  private deciding: Approvals = new Map();
  private watched = false;
  private looks = 0;
  private looking: ReturnType<typeof setTimeout> | undefined;

  /** `person`: for whom questions are kept over a reload until they are taken. */
  constructor(id: string, person = "") {
    this.id = id;
    this.runs = new Runs(id, () => this.beat.later());
    this.opinions = new Opinions(id, () => this.beat.now());
    this.answering = new Answering({
      grew: () => this.beat.later(),
      connection: (connection) => {
        if (connection !== this.thread.connection) this.set({ connection });
      },
      began: () => this.soon(300),
      ended: (draft) => this.ended(draft),
      missing: () => void this.look(),
    });
    this.questions = new Questions(id, person, this.answering, () => this.beat.now());
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): Thread => this.thread;

  tell(telling: Telling): void {
    this.telling = telling;
  }

  /** Looked at: what is there is read, and answers are followed. */
  open(): void {
    this.watched = true;
    this.answering.open();
    this.questions.restore();
    void this.look();
    if (this.thread.status !== "ready") void this.opinions.read();
  }

  /** Not looked at any more: answers go on without this reader. */
  close(): void {
    this.watched = false;
    this.answering.close();
    clearTimeout(this.looking);
  }

  /** Nothing would be lost with it. */
  get idle(): boolean {
    return !this.watched && this.questions.sends.length === 0;
  }

  /** A conversation that this tab has just made needn't be read. */
  isNew(): void {
    this.set({ status: "ready" });
  }

  reload = (): void => {
    this.set({ status: "loading", error: null });
    void this.look();
    void this.opinions.read();
  };

  /** Something was told to have changed in it. */
  moved(): void {
    this.soon(150);
  }

  private soon(ms: number): void {
    clearTimeout(this.looking);
    if (this.watched) this.looking = setTimeout(() => void this.look(), ms);
  }

  /** Reads the newest part of the path and the state of its answers. */
  private async look(): Promise<void> {
    this.looks += 1;
    const mine = this.looks;
    try {
      // In this order: an answer that is told to have ended has left its words by then.
      const first = this.thread.status !== "ready";
      const answers = this.runs.read();
      if (!first) await answers;
      const [page] = await Promise.all([chatApi.items(this.id, null), answers]);
      if (mine !== this.looks) return;
      // What is just being asked is here already, under no name yet: it would be shown twice.
      if (!first && this.answering.nameless) return this.soon(250);
      this.path = renewed(this.path, page.data, page.next_cursor);
      await this.attend();
      this.set({ status: "ready", error: null, older: this.path.cursor === null ? "none" : "more" });
      void this.runs.explain(this.path.items);
    } catch (error) {
      if (isAbort(error) || mine !== this.looks) return;
      if (error instanceof ApiError && error.status === 404) this.set({ status: "missing", turns: [] });
      else if (this.thread.status !== "ready") this.set({ status: "failed", error });
      else this.soon(5_000);
    }
  }

  /** Follows what is being given on this path, and forgets what has come to be kept. */
  private async attend(): Promise<void> {
    const { items } = this.path;
    const asked = new Set(items.filter((item) => !item.made).map((item) => item.run_id));
    this.questions.landed(asked);
    await this.answering.attach(this.runs.open(), asked, items.at(-1)?.id ?? null);
    this.answering.forget(new Set(items.filter((item) => item.made).map((item) => item.run_id)));
  }

  private ended(draft: Draft): void {
    this.beat.now();
    this.telling.ended(draft.state);
    void this.look();
    // What it cost is counted a moment later.
    setTimeout(() => void this.runs.read().catch(() => undefined), 1_500);
  }

  loadOlder = (): void => {
    if (this.thread.older !== "more" && this.thread.older !== "failed") return;
    const { cursor } = this.path;
    if (cursor === null) return;
    this.set({ older: "loading" });
    chatApi.items(this.id, cursor).then(
      async (page) => {
        const path = this.path.cursor === cursor ? extended(this.path, page.data, page.next_cursor) : null;
        if (path === null) return this.reload();
        await this.runs.reach(page.data).catch(() => undefined);
        this.path = path;
        this.set({ older: path.cursor === null ? "none" : "more" });
      },
      (error: unknown) => (error instanceof ApiError && error.status === 400 ? this.reload() : this.set({ older: "failed" })),
    );
  };

  /** Asks behind everything that was said. */
  send = ({ text, attachments, replace, ...more }: Question): void => {
    const parentId = this.path.items.at(-1)?.id ?? null;
    const body = { input: question(text, attachments), ...wishes(more), ...(replace === true && { when_busy: "replace" }) };
    void this.questions.ask({ text, attachments, parentId, versions: [] }, body).catch(() => undefined);
  };

  stop = (): void => {
    void this.answering.stop().catch((error: unknown) => this.telling.failed(error));
  };

  /** Gives an answer without a question of its own: once more, or on from where one stopped. */
  private answer(body: Word, parentId: string | null, besides: readonly string[]): void {
    // What refuses it stands in the answer's own place.
    this.begin(body, parentId, besides).taken.catch(() => undefined);
  }

  private begin(body: Word, parentId: string | null, besides: readonly string[]): { draft: Draft; taken: Promise<void> } {
    const draft = new Draft(newId());
    draft.parentId = parentId;
    draft.besides = besides;
    for (const failed of this.answering.drafts) if (!failed.open && failed.parentId === parentId) this.answering.drop(failed);
    const place = this.path.items.findIndex((item) => item.id === parentId);
    this.path = { ...this.path, items: this.path.items.slice(0, place + 1) };
    const asking = { address: addresses.answers(this.id), body: { ...body, ...this.questions.unheard() }, key: draft.key };
    const taken = this.answering.ask(draft, asking).finally(() => this.beat.now());
    this.beat.now();
    return { draft, taken };
  }

  /** The items of an answer as they are kept; one that has ended just now is looked for. */
  private async madeBy(turn: AnswerTurn): Promise<Item[]> {
    const found = (): Item[] => this.path.items.filter((item) => item.id === turn.id || (turn.runId !== null && item.made && item.run_id === turn.runId));
    if (found().length === 0 && turn.lastItemId !== null) await this.look();
    return found();
  }

  private regenerate = async (turn: AnswerTurn): Promise<void> => {
    const first = (await this.madeBy(turn))[0];
    if (first !== undefined) return this.answer({ regenerates: first.id, ...(await searchedFor(turn)) }, first.parent_id, first.versions);
    const asked = this.path.items.find((item) => item.id === turn.parentId) ?? this.path.items.findLast((item) => !item.made && item.run_id === turn.runId);
    if (asked !== undefined) this.answer({ after: asked.id }, asked.id, turn.versions.filter((id) => id !== turn.id && id !== turn.runId));
  };

  private proceed = async (turn: AnswerTurn): Promise<void> => {
    const last = (await this.madeBy(turn)).at(-1);
    if (last !== undefined) this.answer({ after: last.id }, last.id, []);
  };

  /** What asked for a tool is answered at once; where the server takes no such answer, it asks again. */
  private decide = async (turn: AnswerTurn, decisions: Approvals): Promise<void> => {
    const last = (await this.madeBy(turn)).at(-1);
    if (last === undefined) return;
    this.deciding = new Map([...this.deciding, ...decisions]);
    const { draft, taken } = this.begin({ input: approvalInput(decisions), after: last.id }, last.id, []);
    await taken.catch((error: unknown) => {
      this.answering.drop(draft);
      this.deciding = new Map([...this.deciding].filter(([id]) => !decisions.has(id)));
      this.telling.failed(error);
      return this.look();
    });
  };

  private runOf = ({ id }: UserTurn): string | null => this.path.items.find((item) => item.id === id)?.run_id ?? null;

  private edit: NonNullable<TurnActions["edit"]> = async (turn, text, how, wish) => {
    if (how === "save") {
      await chatApi.version(this.id, turn.id, content(text, turn.attachments), newId());
      return this.look();
    }
    const wished = await this.questions.wished.again(this.runOf(turn), wish);
    const before = this.path;
    const place = before.items.findIndex((item) => item.id === turn.id);
    this.path = { ...before, items: before.items.slice(0, Math.max(0, place)) };
    try {
      await this.questions.ask({ ...turn, text }, { edits: turn.id, input: question(text, turn.attachments), ...wished });
    } catch (error) {
      this.path = before;
      this.questions.dropRefused(error);
      throw error;
    }
  };

  private choose = (_turn: Turn, id: string): void => this.change(chatApi.choose(this.id, id));

  /** Shows the version of the conversation that goes through an item. */
  readonly showItem = (id: string): void => this.change(chatApi.choose(this.id, id));
  private remove = (turn: Turn): void => {
    const send = this.questions.find(turn.id);
    if (send === undefined) return this.change(chatApi.remove(this.id, turn.id));
    this.questions.drop(send);
    this.telling.givenBack({ text: send.text, attachments: send.attachments });
  };

  private change(done: Promise<unknown>): void {
    done.then(
      () => this.look(),
      (error: unknown) => {
        this.telling.failed(error);
        void this.look();
      },
    );
  }

  private rate = (turn: AnswerTurn, rating: "up" | "down" | null, reason?: string): void => {
    if (turn.lastItemId === null) return;
    const answer = this.path.items.filter((item) => item.run_id === turn.runId).map((item) => item.id);
    this.opinions.rate(turn.lastItemId, answer, rating, reason ?? null).catch((error: unknown) => this.telling.failed(error));
  };

  readonly actions: TurnActions = {
    regenerate: (turn) => void this.regenerate(turn),
    proceed: (turn) => void this.proceed(turn),
    edit: this.edit,
    wished: (turn) => this.questions.wished.of(this.runOf(turn)),
    resend: (turn) => void this.questions.again(turn.id),
    choose: this.choose,
    rate: this.rate,
    remove: this.remove,
    decide: this.decide,
    end: (turn) => void (turn.runId !== null && chatApi.cancel(turn.runId).catch((error: unknown) => this.telling.failed(error))),
  };

  private set(change: Partial<Thread>): void {
    this.thread = { ...this.thread, ...change };
    this.beat.now();
  }

  private publish(): void {
    const { ratings, summaries } = this.opinions;
    const material = { items: this.path.items, runs: this.runs.facts, drafts: this.answering.drafts, sends: this.questions.sends, ratings, summaries, deciding: this.deciding };
    this.thread = { ...this.thread, turns: this.thread.status === "missing" ? [] : this.turns.build(material), busy: this.answering.busy };
    for (const listener of this.listeners) listener();
  }
}
