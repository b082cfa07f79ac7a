// What every open chat is to its page, whether it is kept or temporary.
import type { Attachment, Chosen, Turn, TurnActions } from "@/chat/types";

export type { Chosen };

export interface Thread {
  status: "loading" | "ready" | "missing" | "failed";
  /** Why it "failed". */
  error: unknown;
  turns: readonly Turn[];
  /** What was said before the first turn that is here. */
  older: "none" | "more" | "loading" | "failed";
  /** An answer is being given, or waits. */
  busy: boolean;
  /** "waiting": the connection broke and is tried again. */
  connection: "live" | "waiting";
}

export interface Question {
  text: string;
  attachments: readonly Attachment[];
  /** An answer that is being given is cancelled for it, not waited for. */
  replace?: boolean;
  /** Who is to answer this one. */
  assistant?: Chosen | null;
  /** Knowledge that is searched for this one. */
  stores?: readonly Chosen[];
}

export interface ThreadStore {
  subscribe: (listener: () => void) => () => void;
  snapshot: () => Thread;
  send: (question: Question) => void;
  /** Ends the answer that is being given; what was said stays. */
  stop: () => void;
  loadOlder: () => void;
  reload: () => void;
  readonly actions: TurnActions;
}

export const LOADING: Thread = { status: "loading", error: null, turns: [], older: "none", busy: false, connection: "live" };

/** Tells what changed at most every 50 ms, with the screen's own beat. */
export class Beat {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private told = 0;
  private readonly tell: () => void;

  constructor(tell: () => void) {
    this.tell = tell;
  }

  /** Soon. */
  later(): void {
    if (this.timer !== undefined) return;
    const wait = Math.max(0, 50 - (Date.now() - this.told));
    this.timer = setTimeout(() => {
      // A tab that isn't seen has no frames.
      if (document.visibilityState === "hidden") this.now();
      else requestAnimationFrame(() => this.now());
    }, wait);
  }

  now(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.told = Date.now();
    this.tell();
  }
}
