import type { Question } from "@/chat/thread";
import type { AnswerState } from "@/chat/types";

/** What the page is told beside the turns. */
export interface Telling {
  /** An action of the person's could not be done. */
  failed: (error: unknown) => void;
  /** An answer has ended, here or elsewhere. */
  ended: (state: AnswerState) => void;
  /** A question that was never taken goes back to where it was written. */
  givenBack: (question: Question) => void;
}

export const SILENT: Telling = { failed: () => undefined, ended: () => undefined, givenBack: () => undefined };
