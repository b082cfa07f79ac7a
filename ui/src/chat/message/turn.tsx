import { Markdown } from "@/md";
import type { Turn, TurnActions } from "@/chat/types";

export interface TurnProps {
  turn: Turn;
  actions: TurnActions;
  /** The newest of the thread: what can be done with it is always visible. */
  last?: boolean;
  /** A question that is being written anew; the thread may begin it (↑ in an empty composer). */
  editing?: boolean;
  onEditing?: (editing: boolean) => void;
}

export function TurnView({ turn }: TurnProps) {
  return <article>{turn.role === "answer" ? turn.parts.map((part) => (part.kind === "text" ? <Markdown key={part.id} text={part.text} open={part.open} /> : null)) : turn.text}</article>;
}
