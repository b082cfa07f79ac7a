// What is drawn: the turns of the chosen path, with the answers that are being given and the questions that are on their way.
import type { Item, Summary } from "@/chat/api";
import type { Draft } from "@/chat/draft";
import { type Approvals, decided, decisionsIn } from "@/chat/approvals";
import { isCall, partsOf, said, text, type Word } from "@/chat/parts";
import type { AnswerPart, AnswerState, AnswerTurn, AnswerUsage, Attachment, NoteTurn, Turn, UserTurn } from "@/chat/types";

/** What is known of a run beside what it made. */
export interface RunFacts {
  state: AnswerState;
  createdAt: string;
  usage: AnswerUsage | null;
  model: string | null;
  error: { code: string; message: string } | null;
  assistant?: AnswerTurn["assistant"];
  awaits?: AnswerTurn["awaits"];
}

/** A question that isn't on the path yet. */
export interface Send {
  key: string;
  draft: Draft;
  text: string;
  attachments: readonly Attachment[];
  parentId: string | null;
  createdAt: string;
  versions: readonly string[];
  /** Taken by the server. */
  taken: boolean;
  error?: unknown;
}

export interface Material {
  items: readonly Item[];
  runs: ReadonlyMap<string, RunFacts>;
  /** Of this session: being given, or given just now. */
  drafts: readonly Draft[];
  sends: readonly Send[];
  ratings: ReadonlyMap<string, "up" | "down">;
  summaries: readonly Summary[];
  /** What the person has just decided of tools, by the ids of what was asked. */
  deciding: Approvals;
}

interface Group {
  runId: string | null;
  items: Item[];
}

/** Makes turns, and gives out the same object as before for a turn that didn't change. */
export class Turns {
  private made = new Map<string, { of: readonly unknown[]; turn: Turn }>();
  private list: readonly Turn[] = [];

  build(material: Material): readonly Turn[] {
    const next = new Map<string, { of: readonly unknown[]; turn: Turn }>();
    const list = new Build(material, (key, of, make) => {
      const name = next.has(key) ? `${key}+${next.size}` : key;
      const before = this.made.get(name);
      const kept = before !== undefined && before.of.length === of.length && before.of.every((each, index) => each === of[index]);
      const turn = kept ? before.turn : { ...make(), key: name };
      next.set(name, { of, turn });
      return turn;
    }).all();
    this.made = next;
    const unchanged = list.length === this.list.length && list.every((turn, index) => turn === this.list[index]);
    if (!unchanged) this.list = list;
    return this.list;
  }
}

type Keep = (key: string, of: readonly unknown[], make: () => Turn) => Turn;

class Build {
  private readonly material: Material;
  private readonly keep: Keep;
  private readonly turns: Turn[] = [];
  private readonly outputs = new Map<string, string>();
  private readonly drawn = new Set<Draft>();
  private readonly byRun = new Map<string, Draft>();
  private readonly decisions: Approvals;

  constructor(material: Material, keep: Keep) {
    this.material = material;
    this.keep = keep;
    for (const draft of material.drafts) if (draft.runId !== null) this.byRun.set(draft.runId, draft);
    this.decisions = decisionsIn(material.items, material.deciding);
    for (const { item } of material.items) {
      if (item["type"] === "function_call_output") this.outputs.set(text(item["call_id"]), text(item["output"]));
    }
  }

  all(): Turn[] {
    const { items, sends, drafts } = this.material;
    for (let place = 0; place < items.length; ) place = this.next(items, place);
    const tail = items.at(-1)?.id ?? null;
    for (const draft of drafts) {
      if (draft.parentId !== undefined && draft.parentId === tail && !this.drawn.has(draft) && !sends.some((send) => send.draft === draft)) this.draft(draft, tail);
    }
    for (const send of sends) this.send(send);
    return this.turns;
  }

  /** Draws what begins at a place; gives the place behind it. */
  private next(items: readonly Item[], place: number): number {
    const item = items[place] as Item;
    const word = item.item;
    if (word["type"] === "function_call_output") return place + 1;
    if (isAnswered(word)) return this.answer(items, place);
    if (word["role"] === "user") this.question(item);
    else if (word["type"] === "message") this.note(item, "system", said(word).text);
    this.summary(item.id);
    const following = items[place + 1];
    if (item.run_id !== null && !(following?.run_id === item.run_id)) this.unanswered(item, item.run_id, following);
    return place + 1;
  }

  private answer(items: readonly Item[], place: number): number {
    const first = items[place] as Item;
    const group: Group = { runId: first.run_id, items: [] };
    let end = place;
    for (; end < items.length; end += 1) {
      const item = items[end] as Item;
      if (!isAnswered(item.item) || item.run_id !== first.run_id) break;
      group.items.push(item);
      if (first.run_id === null && item.item["type"] === "message") {
        end += 1;
        break;
      }
    }
    const continued = isMade(items[end]) || this.material.drafts.some((draft) => draft.parentId !== undefined && draft.parentId === group.items.at(-1)?.id);
    this.given(group, continued, end < items.length || this.material.sends.length > 0);
    for (const item of group.items) this.summary(item.id);
    return end;
  }

  /** An answer that is kept. One that was stopped and went on needs no word about that. */
  private given({ runId, items }: Group, continued: boolean, followed: boolean): void {
    const first = items[0] as Item;
    const last = items.at(-1) as Item;
    const facts = runId === null ? undefined : this.material.runs.get(runId);
    const draft = runId === null ? undefined : this.byRun.get(runId);
    if (draft !== undefined) this.drawn.add(draft);
    if (draft?.open === true) return void this.draft(draft, first.parent_id);
    const rating = items.map((item) => this.material.ratings.get(item.id)).find(Boolean) ?? null;
    const outputs = items.map((item) => this.outputs.get(text(item.item["call_id"])));
    const asked = items.filter((item) => item.item["type"] === "mcp_approval_request").map((item) => this.decisions.get(item.id) ?? followed);
    const make = (): AnswerTurn => ({
      role: "answer",
      id: first.id,
      key: "",
      parentId: first.parent_id,
      versions: first.versions,
      createdAt: first.created_at,
      runId,
      state: continued ? "completed" : (facts?.state ?? draft?.state ?? "completed"),
      parts: decided(timedBy(draft, items.flatMap((item, index) => partsOf(withOutput(item.item, outputs[index])))), this.decisions, followed),
      model: draft?.model ?? facts?.model ?? null,
      usage: facts?.usage ?? draft?.usage ?? null,
      error: draft?.error ?? facts?.error ?? null,
      lastItemId: last.id,
      feedback: rating,
      assistant: facts?.assistant ?? null,
    });
    this.turns.push(this.keep(draft?.key ?? runId ?? first.id, [...items, ...outputs, ...asked, facts, draft?.version, rating, continued], make));
  }

  /** An answer that is being given, or of which nothing is kept. */
  private draft(draft: Draft, parentId: string | null): void {
    this.drawn.add(draft);
    const facts = draft.runId === null ? undefined : this.material.runs.get(draft.runId);
    const id = draft.runId ?? draft.key;
    const waits = draft.state === "waiting" || (draft.open && facts?.state === "waiting");
    const make = (): AnswerTurn => ({
      role: "answer",
      id,
      key: "",
      parentId,
      versions: [...draft.besides, id],
      createdAt: draft.createdAt,
      runId: draft.runId,
      state: waits ? "waiting" : draft.state,
      parts: decided(waits ? draft.parts().map(awaited) : draft.parts(), this.decisions, false),
      model: draft.model,
      usage: facts?.usage ?? draft.usage,
      error: draft.error,
      lastItemId: draft.open ? null : (draft.itemIds().at(-1) ?? null),
      feedback: null,
      assistant: facts?.assistant ?? null,
      awaits: facts?.awaits ?? null,
    });
    this.turns.push(this.keep(draft.key, [draft.version, facts, parentId, draft.runId, this.material.deciding], make));
  }

  /** Behind a question whose answer isn't on the path: it is being given, or came to nothing. */
  private unanswered(item: Item, runId: string, following: Item | undefined): void {
    const draft = this.byRun.get(runId);
    const facts = this.material.runs.get(runId);
    const waits = this.material.drafts.some((each) => each.parentId === item.id);
    const coming = draft !== undefined && !draft.landed && draft.parentId === undefined;
    if (coming && (draft.open || !(waits || isMade(following)))) return this.draft(draft, item.id);
    if (facts === undefined || isMade(following) || waits) return;
    const make = (): AnswerTurn => ({ ...NOTHING, id: runId, parentId: item.id, versions: [runId], runId, ...facts });
    this.turns.push(this.keep(runId, [facts, item], make));
  }

  private question(item: Item): void {
    const draft = item.run_id === null ? undefined : this.byRun.get(item.run_id);
    const key = draft === undefined ? item.id : `q-${draft.key}`;
    const make = (): UserTurn => ({ role: "user", key: "", ...placed(item), ...said(item.item), sending: false });
    this.turns.push(this.keep(key, [item], make));
  }

  private send(send: Send): void {
    const { draft, error } = send;
    const make = (): UserTurn => ({
      role: "user",
      id: `local-${send.key}`,
      key: "",
      parentId: send.parentId,
      versions: [...send.versions, `local-${send.key}`],
      createdAt: send.createdAt,
      text: send.text,
      attachments: send.attachments,
      sending: !send.taken && error === undefined,
      ...(error !== undefined && { error }),
    });
    this.turns.push(this.keep(`q-${draft.key}`, [send, send.taken, error], make));
    if (error === undefined && !this.drawn.has(draft)) this.draft(draft, `local-${send.key}`);
  }

  private note(item: Item, kind: NoteTurn["kind"], spoken: string): void {
    this.turns.push(this.keep(item.id, [item], () => ({ role: "note", key: "", kind, text: spoken, ...placed(item) })));
  }

  private summary(itemId: string): void {
    const found = this.material.summaries.find((each) => each.covers === itemId);
    if (found === undefined) return;
    const make = (): NoteTurn => ({
      role: "note",
      kind: "summary",
      id: found.id,
      key: "",
      parentId: itemId,
      versions: [found.id],
      createdAt: found.created_at,
      text: found.text,
    });
    this.turns.push(this.keep(found.id, [found], make));
  }
}

const NOTHING: AnswerTurn = {
  role: "answer",
  id: "",
  key: "",
  parentId: null,
  versions: [],
  createdAt: "",
  runId: null,
  state: "failed",
  parts: [],
  model: null,
  usage: null,
  error: null,
  lastItemId: null,
  feedback: null,
};

const placed = (item: Item) => ({ id: item.id, parentId: item.parent_id, versions: item.versions, createdAt: item.created_at });
const isMade = (item: Item | undefined): boolean => item !== undefined && isAnswered(item.item);

/** Whether a model said, thought or called it. */
function isAnswered(word: Word): boolean {
  const type = text(word["type"]);
  return type === "reasoning" || isCall(type) || (type === "message" && word["role"] === "assistant");
}

const awaited = (part: AnswerPart): AnswerPart => (part.kind === "tool" && part.output === null ? { ...part, state: "running" } : part);
const withOutput = (word: Word, output: string | undefined): Word => (output === undefined ? word : { ...word, output });

/** How long it thought is known only where it was seen. */
function timedBy(draft: Draft | undefined, parts: AnswerPart[]): AnswerPart[] {
  if (draft === undefined) return parts;
  const seen = new Map(draft.parts().map((part) => [part.id, part]));
  return parts.map((part) => {
    const before = seen.get(part.id);
    if (part.kind !== "reasoning" || before?.kind !== "reasoning" || before.began === undefined) return part;
    return { ...part, began: before.began, ...(before.ended !== undefined && { ended: before.ended }) };
  });
}
