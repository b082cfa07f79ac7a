import { memo } from "react";
import { Answer } from "@/chat/message/answer";
import { Note } from "@/chat/message/note";
import { Question } from "@/chat/message/question";
import type { Turn, TurnActions } from "@/chat/types";

export interface TurnProps {
  turn: Turn;
  actions: TurnActions;
  /** The newest of the thread: what can be done with it is always visible. */
  last?: boolean;
  /** The question is being written anew; given by a thread that begins it itself (↑ in an empty composer). */
  editing?: boolean;
  onEditing?: (editing: boolean) => void;
}

/** One turn of a conversation. */
export const TurnView = memo(function TurnView({ turn, actions, last = false, ...editing }: TurnProps) {
  if (turn.role === "user") return <Question turn={turn} actions={actions} last={last} {...editing} />;
  if (turn.role === "answer") return <Answer turn={turn} actions={actions} last={last} />;
  return <Note turn={turn} />;
});
