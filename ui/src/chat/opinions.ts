// What stands beside the words of a conversation: what the person thinks of its answers, and the summaries of its older part.
import { chatApi, type Summary } from "@/chat/api";

export type Rating = "up" | "down";

export class Opinions {
  ratings: ReadonlyMap<string, Rating> = new Map();
  summaries: readonly Summary[] = [];
  private readonly id: string;
  private readonly changed: () => void;

  constructor(id: string, changed: () => void) {
    this.id = id;
    this.changed = changed;
  }

  /** Nice to have, and no reason to wait, or to complain. */
  async read(): Promise<void> {
    const [feedback, summaries] = await Promise.allSettled([chatApi.feedback(this.id), chatApi.summaries(this.id)]);
    if (feedback.status === "fulfilled") this.ratings = new Map(feedback.value.data.map((each) => [each.item_id, each.rating]));
    if (summaries.status === "fulfilled") this.summaries = summaries.value.data;
    this.changed();
  }

  /** Shown at once, on the last item of an answer; taken back, and thrown, where the server doesn't take it. */
  async rate(itemId: string, answer: readonly string[], rating: Rating | null, reason: string | null): Promise<void> {
    const before = this.ratings;
    const after = new Map([...before].filter(([item]) => item !== itemId && !answer.includes(item)));
    if (rating !== null) after.set(itemId, rating);
    this.ratings = after;
    this.changed();
    try {
      await (rating === null ? chatApi.unrate(this.id, itemId) : chatApi.rate(this.id, itemId, rating, reason));
    } catch (error) {
      this.ratings = before;
      this.changed();
      throw error;
    }
  }
}
