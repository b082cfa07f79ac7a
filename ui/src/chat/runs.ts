// What is known of a conversation's answers beside what was said in them: how they ended, what they took, why they failed.
import { type Answer, chatApi, type Item } from "@/chat/api";
import { isWord, text, type Word, words } from "@/chat/words";
import type { RunFacts } from "@/chat/turns";
import type { AnswerTurn, AnswerUsage } from "@/chat/types";

/** So many answers that came to nothing are asked why. */
const EXPLAINED = 6;
/** So many pages of answers are read to know those of one page of items. */
const FURTHER = 3;

export class Runs {
  facts: ReadonlyMap<string, RunFacts> = new Map();
  private readonly id: string;
  private readonly changed: () => void;
  private readonly opened = new Set<string>();
  private readonly explained = new Set<string>();
  private cursor: string | null = null;

  constructor(id: string, changed: () => void) {
    this.id = id;
    this.changed = changed;
  }

  /** The newest ones. */
  async read(): Promise<void> {
    const page = await chatApi.answers(this.id, null);
    if (this.facts.size === 0) this.cursor = page.next_cursor;
    this.take(page.data);
  }

  /** Those of these items too, as far back as is worth it. */
  async reach(items: readonly Item[]): Promise<void> {
    for (let pages = 0; pages < FURTHER && this.cursor !== null; pages += 1) {
      if (items.every((item) => item.run_id === null || this.facts.has(item.run_id))) return;
      const page = await chatApi.answers(this.id, this.cursor);
      this.cursor = page.next_cursor;
      this.take(page.data);
    }
  }

  /** Those that have still to end, oldest first. */
  open(): { id: string; createdAt: string }[] {
    return [...this.opened]
      .map((id) => ({ id, createdAt: this.facts.get(id)?.createdAt ?? "" }))
      .sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  }

  /** Asks why those ended that didn't end well. */
  async explain(items: readonly Item[]): Promise<void> {
    const wanted = [...new Set(items.map((item) => item.run_id))]
      .filter((id): id is string => id !== null && !this.explained.has(id) && !["completed", "queued", "running", "waiting"].includes(this.facts.get(id)?.state ?? "completed"))
      .slice(-EXPLAINED);
    await Promise.all(wanted.map((id) => this.why(id)));
  }

  private async why(id: string): Promise<void> {
    this.explained.add(id);
    try {
      const { result } = await chatApi.run(id);
      const facts = this.facts.get(id);
      if (facts === undefined || result === null || result === undefined) return;
      const error = result["error"];
      const details = result["incomplete_details"];
      const said = isWord(error) ? { code: text(error["code"]), message: text(error["message"]) } : null;
      const reason = isWord(details) ? { code: text(details["reason"]), message: "" } : null;
      this.put(id, { ...facts, error: said ?? reason });
    } catch {
      this.explained.delete(id);
    }
  }

  private take(answers: readonly Answer[]): void {
    for (const answer of answers) {
      const known = this.facts.get(answer.id);
      if (answer.open) this.opened.add(answer.id);
      else this.opened.delete(answer.id);
      if (known !== undefined && known.state === answer.state && known.usage?.cost === usageOf(answer)?.cost && (known.usage === null) === (answer.usage === null)) continue;
      this.put(answer.id, { error: null, ...known, model: answer.model, state: answer.state, createdAt: answer.created_at, usage: usageOf(answer), assistant: answer.assistant ?? null, awaits: awaitsOf(answer) });
    }
  }

  private put(id: string, facts: RunFacts): void {
    this.facts = new Map(this.facts).set(id, facts);
    this.changed();
  }
}

/** The knowledge that was searched for an answer, for another one to search it too. */
export async function searchedFor(turn: AnswerTurn): Promise<Word> {
  if (turn.runId === null || !turn.parts.some((part) => part.kind === "search")) return {};
  const { result } = await chatApi.run(turn.runId).catch(() => ({ result: null }));
  const tools = words(result?.["tools"]).filter((tool) => tool["type"] === "file_search");
  return tools.length === 0 ? {} : { tools };
}

function usageOf({ usage }: Answer): AnswerUsage | null {
  if (usage === null || usage === undefined) return null;
  return { inputTokens: usage.input_tokens, outputTokens: usage.output_tokens, cost: usage.cost_usd === null ? null : Number(usage.cost_usd) };
}

function awaitsOf({ awaits }: Answer): RunFacts["awaits"] {
  return awaits == null ? null : { until: awaits.until, names: awaits.calls.map(({ name }) => name) };
}
