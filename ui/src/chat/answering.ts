// The answers of one conversation that are being given: one is followed at a time, since a browser has few connections.
import { ApiError } from "@/api";
import { ask, type Asking } from "@/chat/asking";
import { chatApi } from "@/chat/api";
import { Draft } from "@/chat/draft";
import { follow, type Follower } from "@/chat/follow";
import { isAbort } from "@/chat/waiting";

export interface Hearing extends Follower {
  /** The server has begun it. */
  began: () => void;
  ended: (draft: Draft) => void;
  /** The run, or the conversation, isn't there any more. */
  missing: () => void;
}

export class Answering {
  drafts: readonly Draft[] = [];
  private readonly hearing: Hearing;
  private leave = new AbortController();
  private followed: Draft | null = null;
  private readonly stopping = new Set<Draft>();
  /** Taken by the server, which hasn't said yet under which name. */
  private readonly unnamed = new Map<Draft, Asking>();

  constructor(hearing: Hearing) {
    this.hearing = hearing;
  }

  get busy(): boolean {
    return this.drafts.some((draft) => draft.open);
  }

  /** Whether something is asked of which the server hasn't told the name. */
  get nameless(): boolean {
    return this.drafts.some((draft) => draft.open && draft.runId === null);
  }

  open(): void {
    if (this.leave.signal.aborted) this.leave = new AbortController();
    for (const [draft, asking] of this.unnamed) void this.hear(draft, asking);
    this.next();
  }

  close(): void {
    this.leave.abort();
    this.followed = null;
  }

  /** Knows these runs from now on. `asked`: those whose question stands on the path, which ends at `tail`. */
  async attach(runs: readonly { id: string; createdAt: string }[], asked: ReadonlySet<string | null>, tail: string | null): Promise<void> {
    for (const { id, createdAt } of runs) {
      if (this.drafts.some((draft) => draft.runId === id)) continue;
      const draft = new Draft(id, id, createdAt);
      if (!asked.has(id)) draft.parentId = await parentOf(id, tail);
      if (!this.drafts.some((known) => known.runId === id)) this.drafts = [...this.drafts, draft];
    }
    // A question that moved off the path takes its answer along.
    for (const draft of this.drafts) if (draft.runId !== null && asked.has(draft.runId)) draft.parentId = undefined;
    this.next();
  }

  /** What is kept needn't be remembered here for more than its timings: the newest few. */
  forget(kept: ReadonlySet<string | null>): void {
    for (const draft of this.drafts) if (!draft.open && kept.has(draft.runId)) draft.landed = true;
    const old = this.drafts.filter((draft) => !draft.open && kept.has(draft.runId)).slice(0, -20);
    if (old.length > 0) this.drafts = this.drafts.filter((draft) => !old.includes(draft));
  }

  drop(draft: Draft): void {
    this.drafts = this.drafts.filter((each) => each !== draft);
  }

  /**
   * Asks, and resolves once the server has taken it; the answer is followed from there. Throws what refuses it.
   * A question that was begun to be asked is asked to the end, whoever goes elsewhere meanwhile.
   */
  async ask(draft: Draft, asking: Asking, taken: () => void = () => undefined): Promise<void> {
    if (!this.drafts.includes(draft)) this.drafts = [...this.drafts, draft];
    try {
      const response = await ask(asking, new AbortController().signal, () => this.hearing.connection("waiting"));
      if (response.headers.get("content-type")?.includes("json") === true) {
        draft.named(((await response.json()) as { id: string }).id);
        this.began(draft);
        this.next();
      } else void this.hear(draft, asking, response);
      taken();
    } catch (error) {
      draft.end("failed", error instanceof ApiError ? { code: error.code, message: error.detail } : { code: "unknown", message: "" });
      throw error;
    } finally {
      this.hearing.connection("live");
    }
  }

  private began(draft: Draft): void {
    this.hearing.began();
    if (this.stopping.delete(draft)) void this.stop(draft).catch(() => undefined);
  }

  /** Reads the answer's own stream, which is that of the question; where it broke before it told its name, that is asked again. */
  private async hear(draft: Draft, asking: Asking, first?: Response): Promise<void> {
    const { signal } = this.leave;
    this.unnamed.set(draft, asking);
    const follower: Follower = {
      connection: this.hearing.connection,
      grew: () => {
        if (draft.runId !== null && this.unnamed.delete(draft)) this.began(draft);
        this.hearing.grew();
      },
    };
    await this.settle(draft, signal, async () => {
      let outcome = await follow(draft, follower, signal, first ?? (await ask(asking, signal)));
      while (outcome === "unknown") outcome = await follow(draft, follower, signal, await ask(asking, signal));
      return outcome;
    });
  }

  /** Follows the oldest answer that is open, if none is followed. */
  private next(): void {
    if (this.leave.signal.aborted || (this.followed?.open ?? false)) return;
    const draft = this.drafts.find((each) => each.open && each.runId !== null && each !== this.followed);
    if (draft === undefined) return;
    const { signal } = this.leave;
    void this.settle(draft, signal, () => follow(draft, this.hearing, signal));
  }

  private async settle(draft: Draft, signal: AbortSignal, following: () => ReturnType<typeof follow>): Promise<void> {
    if (this.followed === null || !this.followed.open) this.followed = draft;
    try {
      const outcome = await following();
      if (outcome === "gone") {
        this.drop(draft);
        this.hearing.missing();
      } else if (outcome === "expired") draft.end("completed");
    } catch (error) {
      if (isAbort(error) || signal.aborted) return;
      this.unnamed.delete(draft);
      if (!(error instanceof ApiError && error.status === 401)) draft.end("failed", { code: error instanceof ApiError ? error.code : "unknown", message: "" });
    }
    if (this.followed === draft) this.followed = null;
    this.hearing.connection("live");
    this.hearing.ended(draft);
    this.next();
  }

  /** Ends an answer for good: the one that is being given, if none is named. */
  async stop(which?: Draft): Promise<void> {
    const draft = which ?? this.drafts.find((each) => each.open && each.state !== "queued") ?? this.drafts.find((each) => each.open);
    if (draft === undefined) return;
    if (draft.runId === null) {
      this.stopping.add(draft);
      return;
    }
    await chatApi.cancel(draft.runId);
  }
}

/** What an answer without a question of its own answers: the last item that its model was told. */
async function parentOf(runId: string, tail: string | null): Promise<string | null> {
  try {
    return (await chatApi.context(runId)).items.at(-1) ?? tail;
  } catch {
    return tail;
  }
}
