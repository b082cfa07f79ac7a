// Follows an answer by the numbers of its events, through whatever becomes of the network, the server and this tab.
import { ApiError, raw, StreamParser } from "@/api";
import { addresses } from "@/chat/api";
import type { Draft, RunEvent } from "@/chat/draft";
import { isWord } from "@/chat/parts";
import { delayOf, isAbort, pause } from "@/chat/waiting";

/** The server says that it lives every 15 s; a stream that is silent for longer than this is dead. */
const SILENCE = 40_000;
/** A tab that nobody looks at holds no connection: a browser has six for all its tabs. */
const UNSEEN = 5_000;
const LOOK_AGAIN = 3_000;

export interface Follower {
  /** The draft has changed. */
  grew: () => void;
  /** The connection broke (and is tried again), or stands again. */
  connection: (state: "live" | "waiting") => void;
}

/** "unknown": it broke before the answer had a name; "gone": there is no such run any more; "expired": its events aren't kept any more. */
export type Outcome = "ended" | "gone" | "expired" | "unknown";

/** Until the draft has ended. `first`: the answer to the question itself, which is such a stream. Throws AbortError, and 401. */
export async function follow(draft: Draft, follower: Follower, signal: AbortSignal, first?: Response): Promise<Outcome> {
  let response = first;
  for (let failures = 0; ; ) {
    const before = draft.last;
    try {
      if (response === undefined && document.visibilityState === "hidden") await look(draft, follower, signal);
      else await stream(draft, follower, signal, response);
      if (!draft.open) return "ended";
      if (draft.last > before) failures = 0;
    } catch (error) {
      if (isAbort(error) && signal.aborted) throw error;
      const outcome = final(error);
      if (outcome !== null) return outcome;
    }
    response = undefined;
    if (draft.runId === null) return "unknown";
    if (draft.last === before && document.visibilityState === "visible") {
      failures += 1;
      if (failures > 1) follower.connection("waiting");
    }
    await pause(document.visibilityState === "hidden" ? LOOK_AGAIN : failures === 0 ? 50 : delayOf(failures - 1), signal);
  }
}

function final(error: unknown): Outcome | null {
  if (!(error instanceof ApiError)) return null;
  if (error.status === 404 || error.status === 403) return "gone";
  if (error.status === 410) return "expired";
  if (error.status === 401) throw error;
  return null;
}

/** What is there now, without staying. */
async function look(draft: Draft, follower: Follower, signal: AbortSignal): Promise<void> {
  const response = await raw(`${addresses.events(draft.runId ?? "", draft.last)}&limit=1000`, { signal, headers: { accept: "application/json" } });
  const page = (await response.json()) as { data: { number: number; event: RunEvent["data"] }[] };
  for (const { number, event } of page.data) if (!draft.apply({ number, data: event })) break;
  if (page.data.length > 0) follower.grew();
}

async function stream(draft: Draft, follower: Follower, signal: AbortSignal, first: Response | undefined): Promise<void> {
  const leave = new AbortController();
  const forward = (): void => leave.abort();
  signal.addEventListener("abort", forward);
  const unseen = leaveWhenUnseen(leave);
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  try {
    const response = first ?? (await raw(addresses.events(draft.runId ?? "", draft.last), { signal: leave.signal, headers: { accept: "text/event-stream" } }));
    reader = response.body?.getReader();
    if (reader === undefined) return;
    follower.connection("live");
    await readAll(reader, draft, follower, leave.signal);
  } finally {
    signal.removeEventListener("abort", forward);
    unseen();
    void reader?.cancel().catch(() => undefined);
  }
}

/** Reads until the stream ends, breaks, is silent for too long, or is left. */
async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>, draft: Draft, follower: Follower, signal: AbortSignal): Promise<void> {
  const parser = new StreamParser();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await heard(reader, signal);
    if (done) return;
    let grew = false;
    for (const event of parser.feed(decoder.decode(value, { stream: true }))) {
      const told = eventOf(event.id, event.data);
      if (told === null) continue;
      if (!draft.apply(told)) return;
      grew = true;
    }
    if (grew) follower.grew();
    if (!draft.open) return;
  }
}

/** The next bytes. Throws AbortError when left, or after the longest silence. */
function heard(reader: ReadableStreamDefaultReader<Uint8Array>, signal: AbortSignal): Promise<ReadableStreamReadResult<Uint8Array>> {
  return new Promise((resolve, reject) => {
    const broken = (): void => reject(new DOMException("Aborted", "AbortError"));
    const timer = setTimeout(broken, SILENCE);
    signal.addEventListener("abort", broken, { once: true });
    if (signal.aborted) broken();
    reader
      .read()
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer);
        signal.removeEventListener("abort", broken);
      });
  });
}

/** A frame as an event; null for what isn't one. */
export function eventOf(id: string, data: string): RunEvent | null {
  if (data === "[DONE]") return null;
  let told: unknown;
  try {
    told = JSON.parse(data);
  } catch {
    return null;
  }
  if (!isWord(told)) return null;
  const number = Number(id !== "" ? id : told["sequence_number"]);
  return Number.isInteger(number) ? { number, data: told } : null;
}

function leaveWhenUnseen(leave: AbortController): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  function changed(): void {
    clearTimeout(timer);
    if (document.visibilityState === "hidden") timer = setTimeout(() => leave.abort(), UNSEEN);
  }
  document.addEventListener("visibilitychange", changed);
  changed();
  return () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", changed);
  };
}
