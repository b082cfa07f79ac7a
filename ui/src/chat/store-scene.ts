// For tests of the store: a conversation that is open, and a prosa behind it.
import { afterEach, beforeEach, expect, vi } from "vitest";
import { FakeProsa, type FakeRun } from "@/chat/fake-prosa";
import { ConversationStore } from "@/chat/store";
import type { AnswerTurn, Turn, UserTurn } from "@/chat/types";

export const WHOLE = "pensei um pouco|Um dois três.";

class Scene {
  prosa = new FakeProsa();
  store = new ConversationStore("conv_1");
  readonly failures: unknown[] = [];
  readonly back = vi.fn();

  /** The page is loaded anew. */
  async open(): Promise<void> {
    this.store.close();
    this.store = new ConversationStore("conv_1");
    this.store.tell({ failed: (error) => this.failures.push(error), ended: () => undefined, givenBack: (question) => this.back(question) });
    this.store.open();
    await until(() => this.store.snapshot().status !== "loading");
  }

  get turns(): readonly Turn[] {
    return this.store.snapshot().turns;
  }

  get answer(): AnswerTurn | undefined {
    return this.turns.findLast((turn): turn is AnswerTurn => turn.role === "answer");
  }

  get asked(): UserTurn | undefined {
    return this.turns.findLast((turn): turn is UserTurn => turn.role === "user");
  }

  /** What the last answer says. */
  get words(): string {
    return wordsOf(this.answer);
  }

  get posts() {
    return this.prosa.told.filter(({ method, path }) => method === "POST" && path.endsWith("/answers"));
  }

  send(text = "Olá"): void {
    this.store.send({ text, attachments: [] });
  }

  async ended(): Promise<void> {
    await until(() => !this.store.snapshot().busy && this.answer?.state !== undefined && this.asked?.id.startsWith("local") === false);
  }

  async begun(): Promise<FakeRun> {
    await until(() => this.prosa.runs.size > 0);
    const run = [...this.prosa.runs.values()].at(-1);
    if (run === undefined) throw new Error("nothing was asked");
    return run;
  }
}

export const wordsOf = (turn: AnswerTurn | undefined): string => (turn?.parts ?? []).map((part) => ("text" in part ? part.text : "")).join("|");
export const until = (met: () => boolean): Promise<void> => vi.waitFor(() => expect(met()).toBe(true), { timeout: 8_000, interval: 5 });

/** A new one for each test. */
export function staged(): { scene: Scene } {
  const stage = { scene: new Scene() };
  beforeEach(async () => {
    stage.scene = new Scene();
    vi.stubGlobal("fetch", stage.scene.prosa.fetch);
    await stage.scene.open();
  });
  afterEach(() => {
    stage.scene.store.close();
    vi.unstubAllGlobals();
  });
  return stage;
}
