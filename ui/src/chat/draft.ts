// An answer while it is being given: its events, folded into what is shown of it so far.
import { type Word, contentPart, isWord, partsOf, text } from "@/chat/parts";
import { referenceOf } from "@/chat/references";
import { queriesIn } from "@/chat/steps";
import type { AnswerPart, AnswerState, AnswerUsage } from "@/chat/types";

/** One event of a run's log. */
export interface RunEvent {
  number: number;
  data: Word;
}

interface Slot {
  id: string;
  parts: AnswerPart[];
  /** Of a client's function that is called. */
  call?: string;
}

const ENDS: Readonly<Record<string, AnswerState>> = {
  "response.completed": "completed",
  "response.incomplete": "incomplete",
  "response.failed": "failed",
};

type Apply = (draft: Draft, data: Word) => void;

export class Draft {
  /** Of React: the same from the first moment to the last. */
  readonly key: string;
  runId: string | null;
  /** What it answers; null: not known, or the beginning. Undefined: its question stands on the path itself. */
  parentId: string | null | undefined;
  /** Number of the last event that was applied. */
  last = -1;
  state: AnswerState = "queued";
  model: string | null = null;
  usage: AnswerUsage | null = null;
  error: { code: string; message: string } | null = null;
  createdAt: string;
  /** Earlier answers that it stands beside. */
  besides: readonly string[] = [];
  /** What it made was seen among what is kept. */
  landed = false;
  /** Grows with every change. */
  version = 0;
  private readonly slots = new Map<number, Slot>();

  constructor(key: string, runId: string | null = null, createdAt: string = new Date().toISOString()) {
    this.key = key;
    this.runId = runId;
    this.createdAt = createdAt;
  }

  get open(): boolean {
    return this.state === "queued" || this.state === "running" || this.state === "waiting";
  }

  /** Everything in it, in order. */
  parts(): AnswerPart[] {
    return [...this.slots.keys()].sort((a, b) => a - b).flatMap((index) => this.slots.get(index)?.parts ?? []);
  }

  /** The ids of what it made, in order. */
  itemIds(): string[] {
    return [...this.slots.keys()].sort((a, b) => a - b).flatMap((index) => this.slots.get(index)?.id ?? []);
  }

  /** Takes the next event; false where it isn't the next one: a repetition is passed over, after a gap the log must be read again. */
  apply(event: RunEvent): boolean {
    if (event.number <= this.last) return true;
    if (event.number > this.last + 1) return false;
    this.last = event.number;
    this.version += 1;
    TABLE[text(event.data["type"])]?.(this, event.data);
    return true;
  }

  /** The server has taken it under this name; it may have to wait. */
  named(runId: string): void {
    this.runId = runId;
    this.version += 1;
  }

  /** It is asked once more. */
  reopen(): void {
    this.state = "queued";
    this.error = null;
    this.version += 1;
  }

  /** It ended in a way that its log doesn't tell of. */
  end(state: AnswerState, error: { code: string; message: string } | null = null): void {
    this.state = state;
    this.error = error;
    this.version += 1;
    for (const slot of this.slots.values()) slot.parts = slot.parts.map(closed);
  }

  begin(response: Word): void {
    const id = text(response["id"]);
    if (id !== "") this.runId = id.replace(/^resp_/, "run_");
    this.model = text(response["model"]) || this.model;
  }

  over(state: AnswerState, response: Word): void {
    this.begin(response);
    this.error = isWord(response["error"]) ? { code: text(response["error"]["code"]), message: text(response["error"]["message"]) } : null;
    const details = response["incomplete_details"];
    if (isWord(details) && this.error === null) this.error = { code: text(details["reason"]), message: "" };
    const usage = response["usage"];
    if (isWord(usage)) this.usage = { inputTokens: Number(usage["input_tokens"] ?? 0), outputTokens: Number(usage["output_tokens"] ?? 0), cost: null };
    this.end(response["status"] === "cancelled" ? "cancelled" : state, this.error);
  }

  place(index: number, item: Word, open: boolean): void {
    const before = this.slots.get(index);
    if (item["type"] === "function_call_output") this.given(item);
    const parts = partsOf(item, open).map((part) => timed(part, before?.parts.find((old) => old.id === part.id)));
    this.slots.set(index, { id: text(item["id"]), parts, ...(item["type"] === "function_call" && { call: text(item["call_id"]) }) });
  }

  /** The client's function has answered: its call tells so. */
  private given(item: Word): void {
    for (const slot of this.slots.values()) {
      if (slot.call === text(item["call_id"])) slot.parts = slot.parts.map((part) => (part.kind === "tool" ? { ...part, output: text(item["output"]) } : part));
    }
  }

  addPart(index: number, at: number, part: Word): void {
    const slot = this.slots.get(index);
    if (slot === undefined || part["type"] === "reasoning_text") return;
    slot.parts[at] = contentPart(`${slot.id}:${at}`, part, true);
  }

  /** Changes one part of an item. */
  change(index: number, at: number, how: (part: AnswerPart) => AnswerPart): void {
    const slot = this.slots.get(index);
    const part = slot?.parts[at];
    if (slot !== undefined && part !== undefined) slot.parts = slot.parts.map((each, place) => (place === at ? how(each) : each));
  }
}

function closed(part: AnswerPart): AnswerPart {
  if (!part.open) return part;
  if (part.kind === "tool") return { ...part, open: false, state: part.output === null ? "failed" : "done" };
  if (part.kind === "reasoning") return { ...part, open: false, ended: Date.now() };
  if (part.kind === "search" || part.kind === "code" || part.kind === "mcp") return { ...part, open: false, state: "failed" };
  return { ...part, open: false };
}

/** Thinking is timed here: the log doesn't say how long it took. */
function timed(part: AnswerPart, before: AnswerPart | undefined): AnswerPart {
  if (part.kind !== "reasoning") return part;
  const began = before?.kind === "reasoning" ? before.began : Date.now();
  const ended = before?.kind === "reasoning" ? before.ended : undefined;
  return { ...part, ...(began !== undefined && { began }), ...(!part.open && { ended: ended ?? Date.now() }) };
}

const index = (data: Word): number => Number(data["output_index"] ?? 0);
const at = (data: Word): number => Number(data["content_index"] ?? 0);
const word = (value: unknown): Word => (isWord(value) ? value : {});

const grow: Apply = (draft, data) => draft.change(index(data), at(data), (part) => ("text" in part ? { ...part, text: part.text + text(data["delta"]) } : part));
const think: Apply = (draft, data) => draft.change(index(data), 0, (part) => (part.kind === "reasoning" ? { ...part, text: part.text + text(data["delta"]) } : part));
const write: Apply = (draft, data) => draft.change(index(data), 0, (part) => ("input" in part ? { ...part, input: part.input + text(data["delta"]) } : part));
const wrote: Apply = (draft, data) =>
  draft.change(index(data), 0, (part) => {
    const whole = text(data["arguments"]);
    if (part.kind === "search") return { ...part, queries: queriesIn(whole) };
    return part.kind === "mcp" ? { ...part, input: whole } : part;
  });
const code: Apply = (draft, data) => draft.change(index(data), 0, (part) => (part.kind === "code" ? { ...part, code: part.code + text(data["delta"]) } : part));
const coded: Apply = (draft, data) => draft.change(index(data), 0, (part) => (part.kind === "code" ? { ...part, code: text(data["code"]) } : part));
const refer: Apply = (draft, data) => {
  const reference = referenceOf(word(data["annotation"]));
  if (reference === null) return;
  draft.change(index(data), at(data), (part) => (part.kind === "text" ? { ...part, references: [...(part.references ?? []), reference] } : part));
};
const paragraph: Apply = (draft, data) =>
  draft.change(index(data), 0, (part) => (part.kind === "reasoning" && part.text !== "" ? { ...part, text: `${part.text}\n\n` } : part));
const running: Apply = (draft, data) => draft.change(index(data), 0, (part) => ("state" in part ? { ...part, state: "running" } : part));
const over: Apply = (draft, data) => draft.over(ENDS[text(data["type"])] ?? "failed", word(data["response"]));

const TABLE: Readonly<Record<string, Apply>> = {
  "response.created": (draft, data) => draft.begin(word(data["response"])),
  "response.in_progress": (draft, data) => {
    draft.begin(word(data["response"]));
    draft.state = "running";
  },
  "response.output_item.added": (draft, data) => draft.place(index(data), word(data["item"]), true),
  "response.output_item.done": (draft, data) => draft.place(index(data), word(data["item"]), false),
  "response.content_part.added": (draft, data) => draft.addPart(index(data), at(data), word(data["part"])),
  "response.output_text.delta": grow,
  "response.refusal.delta": grow,
  "response.reasoning_text.delta": think,
  "response.reasoning_summary_text.delta": think,
  "response.reasoning_summary_part.added": paragraph,
  "response.output_text.annotation.added": refer,
  "response.function_call_arguments.delta": write,
  "prosa:tool_call_arguments.delta": write,
  "prosa:tool_call_arguments.done": wrote,
  "prosa:tool_call.started": running,
  "response.file_search_call.searching": running,
  "response.code_interpreter_call_code.delta": code,
  "response.code_interpreter_call_code.done": coded,
  "response.code_interpreter_call.interpreting": running,
  "response.mcp_call_arguments.delta": write,
  "response.mcp_call_arguments.done": wrote,
  "response.mcp_call.in_progress": running,
  "prosa:run.waiting": (draft) => {
    draft.state = "waiting";
  },
  "prosa:run.woken": (draft) => {
    draft.state = "running";
  },
  "response.completed": over,
  "response.incomplete": over,
  "response.failed": over,
};
