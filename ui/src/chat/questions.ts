// Questions on their way: from the moment they are sent until they stand among what is kept.
import { newId } from "@/app/browser";
import type { Answering } from "@/chat/answering";
import { addresses } from "@/chat/api";
import { Draft } from "@/chat/draft";
import type { Word } from "@/chat/parts";
import type { Send } from "@/chat/turns";
import { keepUnsent, unsentIn } from "@/chat/unsent";
import { Wished } from "@/chat/wished";

export class Questions {
  sends: readonly Send[] = [];
  readonly wished: Wished;
  private readonly id: string;
  private readonly person: string;
  private readonly answering: Answering;
  private readonly changed: () => void;
  /** What is said of each, for another try. */
  private readonly bodies = new Map<string, Word>();

  /** `person`: for whom they are kept over a reload; "" keeps none. */
  constructor(id: string, person: string, answering: Answering, changed: () => void) {
    this.id = id;
    this.person = person;
    this.answering = answering;
    this.changed = changed;
    this.wished = new Wished(id, (runId) => this.bodies.get(answering.drafts.find((draft) => draft.runId === runId)?.key ?? ""));
  }

  /** What was on its way when the page was left is asked under its old key; what was refused stands there again. */
  restore(): void {
    for (const { body, ...kept } of unsentIn(this.person, this.id)) {
      if (this.bodies.has(kept.key)) continue;
      const draft = new Draft(kept.key);
      this.bodies.set(kept.key, body);
      this.sends = [...this.sends, { ...kept, draft, taken: false }];
      if (kept.error === undefined) void this.again(`local-${kept.key}`);
      else draft.end("failed", { code: "unknown", message: "" });
    }
  }

  /** Asks something. Throws what refuses it, which also stands with the question. */
  async ask(asked: Pick<Send, "text" | "attachments" | "parentId" | "versions">, body: Word): Promise<void> {
    const draft = new Draft(newId());
    const send: Send = { ...asked, key: draft.key, draft, createdAt: draft.createdAt, taken: false };
    this.sends = [...this.sends, send];
    this.bodies.set(send.key, { ...body, ...this.unheard() });
    await this.say(send);
  }

  /** While one answer is followed, another one is begun without holding a connection. */
  unheard(): { stream?: false } {
    return this.answering.busy ? { stream: false } : {};
  }

  /** Says it once more: every try says the same under the same key, so that it is asked once. */
  async again(turnId: string): Promise<void> {
    const send = this.find(turnId);
    if (send !== undefined) await this.say(send).catch(() => undefined);
  }

  find(turnId: string): Send | undefined {
    return this.sends.find((send) => `local-${send.key}` === turnId);
  }

  drop(send: Send): void {
    this.sends = this.sends.filter((each) => each.key !== send.key);
    this.answering.drop(send.draft);
    this.keep();
    this.changed();
  }

  /** Takes away what was refused so. */
  dropRefused(error: unknown): void {
    const refused = this.sends.findLast((send) => send.error === error);
    if (refused !== undefined) this.drop(refused);
  }

  private keep(): void {
    const unsent = this.sends.filter((send) => !send.taken);
    const questions = unsent.map(({ key, text, attachments, createdAt, parentId, versions, error }) => ({ key, text, attachments, createdAt, parentId, versions, body: this.bodies.get(key) ?? {}, error }));
    keepUnsent(this.person, this.id, questions);
  }

  /** These runs' questions stand among what is kept. */
  landed(runs: ReadonlySet<string | null>): void {
    this.sends = this.sends.filter(({ draft }) => draft.runId === null || !runs.has(draft.runId));
  }

  private async say(send: Send): Promise<void> {
    send.draft.reopen();
    this.put(send.key, { error: undefined });
    const asking = { address: addresses.answers(this.id), body: this.bodies.get(send.key), key: send.key };
    try {
      await this.answering.ask(send.draft, asking, () => this.put(send.key, { taken: true }));
    } catch (error) {
      this.put(send.key, { error });
      throw error;
    }
  }

  private put(key: string, change: { taken?: boolean; error?: unknown }): void {
    this.sends = this.sends.map((send) => (send.key === key ? { ...send, ...change } : send));
    this.keep();
    this.changed();
  }
}
