// For tests: a prosa that says what a running one said (recorded.json), and breaks where it is told to.
import type { Answer, Item } from "@/chat/api";
import type { Word } from "@/chat/parts";
import recorded from "@/chat/recorded.json";
import tools from "@/chat/recorded-tools.json";

export interface Logged {
  number: number;
  event: Word;
}

export interface FakeRun {
  id: string;
  log: readonly Logged[];
  /** How much of it has been written. */
  written: number;
  state: Answer["state"];
  asked: Item | null;
  made: readonly Item[];
  assistant?: Answer["assistant"];
}

type Log = "thought" | "tool" | "failed" | "cancelled" | "search" | "code" | "asked" | "called";
export const logs: Readonly<Record<Log, readonly Logged[]>> = { ...recorded, ...tools } as unknown as Record<Log, Logged[]>;
const ENDS = ["response.completed", "response.incomplete", "response.failed"];

interface Told {
  method: string;
  path: string;
  body: Word | null;
  key: string | null;
}

type Fault = (told: Told) => Response | "network" | null;

/** A log of some run as the log of this one. */
export function logOf(name: Log, runId: string): Logged[] {
  const own = logs[name].map((each) => each.event["response"] as Word | undefined).find(Boolean)?.["id"] as string;
  return JSON.parse(JSON.stringify(logs[name]).replaceAll(own, runId.replace("run_", "resp_"))) as Logged[];
}

export function message(id: string, role: "user" | "assistant", text: string, more: Partial<Item> = {}): Item {
  const content = [{ type: role === "user" ? "input_text" : "output_text", text }];
  const item = { id, type: "message", role, content, status: "completed" };
  return { id, parent_id: null, versions: [id], run_id: null, made: role === "assistant", assistant_id: null, created_at: "2026-11-22T03:35:05.316978Z", item, ...more };
}

/** What a question adds: a text, or items as they were sent. */
function askedBy(input: unknown, id: string, more: Partial<Item>): Item | null {
  if (input === undefined) return null;
  const sent = Array.isArray(input) ? (input[0] as Word) : null;
  if (sent === null || sent["type"] === "message") return message(id, "user", String(input), more);
  return { ...message(id, "user", "", more), item: { id, ...sent } };
}

export class FakeProsa {
  items: Item[] = [];
  readonly runs = new Map<string, FakeRun>();
  readonly told: Told[] = [];
  faults: Fault[] = [];
  /** Each stream breaks after so many events. */
  cut = Number.POSITIVE_INFINITY;
  /** What the next question is answered with, and how much of it is written at once. */
  next: { log: Log; written?: number } = { log: "thought" };
  gone = false;
  page = 50;
  private readonly known = new Map<string, FakeRun>();
  private readonly streams = new Set<() => void>();
  private count = 0;

  fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(typeof input === "string" ? input : input instanceof URL ? input.href : input.url, "http://prosa.example");
    const headers = new Headers(init.headers);
    const body = typeof init.body === "string" ? (JSON.parse(init.body) as Word) : null;
    const told: Told = { method: init.method ?? "GET", path: url.pathname + url.search, body, key: headers.get("idempotency-key") };
    this.told.push(told);
    await Promise.resolve();
    for (const fault of this.faults) {
      const answer = fault(told);
      if (answer === "network") throw new TypeError("Failed to fetch");
      if (answer !== null) return answer;
    }
    return this.answer(told, url, init.signal ?? null, headers);
  };

  private answer(told: Told, url: URL, signal: AbortSignal | null, headers: Headers): Response {
    const [, , , , , part, itemId, verb] = url.pathname.split("/");
    if (url.pathname.startsWith("/api/v1/runs/")) return this.run(url, signal, headers);
    if (this.gone) return problem(404, "not_found");
    if (part === "answers" && told.method === "POST") return this.ask(told, signal);
    if (part === "answers") return json({ data: [...this.runs.values()].reverse().map(answerOf), next_cursor: null });
    if (part === "items" && verb === "choice") return json({});
    if (part === "items" && told.method === "GET") return this.itemPage(url.searchParams.get("cursor"));
    if (part === "items") return json({ id: itemId });
    return json({ data: [], next_cursor: null });
  }

  private itemPage(cursor: string | null): Response {
    const end = cursor === null ? this.items.length : Number(cursor);
    const start = Math.max(0, end - this.page);
    return json({ data: this.items.slice(start, end).reverse(), next_cursor: start === 0 ? null : String(start) });
  }

  private ask({ key, body }: Told, signal: AbortSignal | null): Response {
    const run = this.known.get(key ?? "") ?? this.begin(body ?? {});
    this.known.set(key ?? "", run);
    return body?.["stream"] === false ? json(answerOf(run)) : this.stream(run, -1, signal);
  }

  /** A question that was taken. */
  begin(body: Word): FakeRun {
    this.count += 1;
    const id = `run_${String(this.count).padStart(32, "0")}`;
    const log = logOf(this.next.log, id);
    const place = this.items.findIndex((item) => item.id === body["edits"] || item.id === body["regenerates"]);
    if (place >= 0) this.items = this.items.slice(0, place);
    const parent = this.items.at(-1)?.id ?? null;
    const asked = askedBy(body["input"], `msg_q${this.count}`, { parent_id: parent, run_id: id });
    if (asked !== null) this.items = [...this.items, asked];
    const end = log.at(-1)?.event["response"] as Word;
    Object.assign(end, { tools: body["tools"] ?? [] });
    const assistant = typeof body["assistant"] === "string" ? { id: body["assistant"], version: 1, name: "Contratos" } : null;
    const made = (end["output"] as Word[]).map((item, at): Item => {
      const own = `${String(item["id"])}${this.count}`;
      return { id: own, parent_id: at === 0 ? (asked?.id ?? parent) : "before", versions: [own], run_id: id, made: true, assistant_id: null, created_at: "2026-11-22T03:35:06Z", item: { ...item, id: own } };
    });
    const run: FakeRun = { id, log, written: 0, state: "running", asked, made, assistant };
    this.runs.set(id, run);
    this.write(run, this.next.written ?? log.length);
    return run;
  }

  /** So many more events are in its log. */
  write(run: FakeRun, count: number): void {
    run.written = Math.min(run.log.length, run.written + count);
    const last = run.log[run.written - 1]?.event;
    if (last !== undefined && ENDS.includes(String(last["type"])) && run.state === "running") {
      run.state = (last["response"] as Word)["status"] as FakeRun["state"];
      const place = run.asked === null ? this.items.length : this.items.indexOf(run.asked) + 1;
      this.items = [...this.items.slice(0, place), ...run.made, ...this.items.slice(place)];
    }
    for (const push of this.streams) push();
  }

  private run(url: URL, signal: AbortSignal | null, headers: Headers): Response {
    const [, , , , id = "", verb] = url.pathname.split("/");
    const run = this.runs.get(id);
    if (run === undefined) return problem(404, "not_found");
    if (verb === "cancellation") {
      run.log = [...run.log.slice(0, run.written), ...logOf("cancelled", id).slice(-1).map((each) => ({ ...each, number: run.written }))];
      this.write(run, 1);
      return json(answerOf(run));
    }
    if (verb === "context") return json({ run_id: id, whole: true, items: this.items.map((item) => item.id), summary: null, memories: [], gone: 0, instructions: null, model: "mock" });
    if (verb !== "events") return json({ ...answerOf(run), result: run.log.at(-1)?.event["response"] ?? null });
    const after = Number(url.searchParams.get("starting_after"));
    if (headers.get("accept") === "application/json") return json({ data: run.log.slice(after + 1, run.written), last: run.written - 1, ended: run.state !== "running" });
    return this.stream(run, after, signal);
  }

  private stream(run: FakeRun, after: number, signal: AbortSignal | null): Response {
    let sent = after + 1;
    let left = this.cut;
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const push = (): void => {
          for (; sent < run.written && left > 0; sent += 1, left -= 1) {
            const { number, event } = run.log[sent] as Logged;
            controller.enqueue(encoder.encode(`id: ${number}\nevent: ${String(event["type"])}\ndata: ${JSON.stringify(event)}\n\n`));
          }
          if (left > 0 && (run.state === "running" || sent < run.written)) return;
          this.streams.delete(push);
          controller.close();
        };
        this.streams.add(push);
        signal?.addEventListener("abort", () => this.streams.delete(push));
        push();
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });
}

export function problem(status: number, code: string, headers: Record<string, string> = {}): Response {
  return json({ type: `urn:prosa:error:${code}`, title: code, status, detail: `It is ${code}.`, code, request_id: "req_1" }, status, headers);
}

function answerOf(run: FakeRun): Answer {
  return {
    id: run.id,
    kind: "answer",
    state: run.state,
    open: run.state === "running" || run.state === "queued",
    conversation_id: "conv_1",
    previous_id: null,
    metadata: {},
    created_at: `2026-11-22T03:35:05.${run.id.slice(-6)}Z`,
    ended_at: null,
    events_kept: true,
    model: "mock",
    usage: null,
    assistant: run.assistant ?? null,
    awaits: null,
  };
}
