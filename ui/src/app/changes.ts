// What happens elsewhere (another tab, another device, a program) is heard once for all tabs of this browser: one of them follows
// the server's changes and tells the others. Where browsers can't agree on one (addresses without TLS), each seen tab follows itself.
import { ApiError, events, raw } from "@/api";
import { queryClient } from "@/app/query";

export interface Change {
  type: string;
  number: number;
  id?: string;
  data?: { conversation_id?: string; version?: number };
}

const NAME = "prosa.changes";
/** Changes of one moment are one look. */
const TOGETHER = 120;
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;
const UNSEEN = 10_000;

type Listener = (change: Change) => void;
const listeners = new Set<Listener>();

/** Calls `listener` with every change of one's own things, wherever it was made; `changes.reload`: anything may have changed. */
export function onChange(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The keys of React Query that a change makes old. */
export function keysOf({ type, id, data }: Change): string[][] {
  const [thing, verb] = type.split(".");
  if (type === "changes.reload") return [[]];
  if (thing === "conversation") return [["conversations"], ["tags"], ["trash"], ...(id === undefined || verb === "created" ? [] : [["conversation", id]])];
  if (thing === "run") return data?.conversation_id === undefined ? [] : [["conversations"], ["conversation", data.conversation_id]];
  if (thing === "folder") return [["folders"], ["conversations"]];
  if (thing === "share") return [["shares"]];
  if (thing === "assistant") return [["assistants", "list"], ...(id === undefined || verb === "deleted" ? [] : [["assistants", "one", id]])];
  if (thing === "vector_store") return [["stores"], ["knowledge"], ...(id === undefined || verb === "deleted" ? [] : [["store", id]])];
  return thing === "memory" ? [["memories"]] : [];
}

/** Follows from now on; the way back ends it. */
export function followChanges(): () => void {
  const follower = new Follower();
  return () => follower.end();
}

class Follower {
  private readonly leave = new AbortController();
  private readonly channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(NAME);
  private readonly old = new Map<string, string[]>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private last: number | null = null;

  constructor() {
    this.channel?.addEventListener("message", (event: MessageEvent<Change>) => this.hear(event.data));
    // Only pages that came encrypted, or from this machine, have locks.
    const locks = (navigator as { locks?: LockManager | null }).locks ?? null;
    if (locks !== null && this.channel !== null) void this.lead(locks);
    else void this.alone();
  }

  end(): void {
    this.leave.abort();
    this.channel?.close();
    clearTimeout(this.timer);
  }

  /** Waits for its turn to be the one that follows: until the tab before it is closed. */
  private async lead(locks: LockManager): Promise<void> {
    const { signal } = this.leave;
    const follow = (): Promise<void> => this.follow(signal);
    await locks.request(NAME, { signal }, follow).catch(() => undefined);
  }

  /** Follows while somebody looks. */
  private async alone(): Promise<void> {
    while (!this.leave.signal.aborted) {
      await seen(this.leave.signal);
      const unseen = new AbortController();
      const stop = whenUnseen(() => unseen.abort());
      await this.follow(AbortSignal.any([this.leave.signal, unseen.signal]));
      stop();
    }
  }

  /** Until it is left, or nobody is signed in any more. */
  private async follow(signal: AbortSignal): Promise<void> {
    for (let wait = FIRST_WAIT; !signal.aborted; ) {
      const began = Date.now();
      try {
        await this.stream(signal);
      } catch (error) {
        if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return;
      }
      if (Date.now() - began > LONGEST_WAIT) wait = FIRST_WAIT;
      await rest(wait * (0.8 + Math.random() * 0.4), signal);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
  }

  private async stream(signal: AbortSignal): Promise<void> {
    const after = this.last === null ? "" : `?after=${this.last}`;
    const response = await raw(`/api/v1/changes${after}`, { signal, headers: { accept: "text/event-stream" } });
    for await (const event of events(response)) {
      const change = JSON.parse(event.data) as Change;
      this.channel?.postMessage(change);
      this.hear(change);
    }
  }

  private hear(change: Change): void {
    // A tab that took over is told again what it heard from the one before it.
    if (change.type !== "changes.reload" && this.last !== null && change.number <= this.last) return;
    this.last = change.number;
    for (const key of keysOf(change)) this.old.set(JSON.stringify(key), key);
    for (const listener of listeners) listener(change);
    this.timer ??= setTimeout(() => this.refetch(), TOGETHER);
  }

  private refetch(): void {
    this.timer = undefined;
    for (const key of this.old.values()) void queryClient.invalidateQueries(key.length === 0 ? {} : { queryKey: key });
    this.old.clear();
  }
}

function seen(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (document.visibilityState === "hidden" && !signal.aborted) return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", look, { once: true });
    look();
  });
}

/** Calls back when nobody has looked for a while. */
function whenUnseen(left: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    clearTimeout(timer);
    if (document.visibilityState === "hidden") timer = setTimeout(left, UNSEEN);
  };
  document.addEventListener("visibilitychange", look);
  return () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", look);
  };
}

/** Waits, or until the network is back, or it is left. */
function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener("online", done);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}
