// Tools of other servers that are only used when the person lets them be: what was asked, and what came of it.
import type { Item } from "@/chat/api";
import { text, type Word } from "@/chat/words";
import type { AnswerPart, Decision } from "@/chat/types";

/** Whether it was allowed, by the id of what asked. */
export type Approvals = ReadonlyMap<string, boolean>;

/** What stands in the conversation counts, before what is on its way there. */
export function decisionsIn(items: readonly Item[], deciding: Approvals): Approvals {
  const found = new Map(deciding);
  for (const { item } of items) {
    if (item["type"] === "mcp_approval_response") found.set(text(item["approval_request_id"]), item["approve"] === true);
  }
  return found;
}

/** The parts with what was decided of each; `followed`: something else was said since. */
export function decided(parts: AnswerPart[], decisions: Approvals, followed: boolean): AnswerPart[] {
  if (!parts.some((part) => part.kind === "approval")) return parts;
  return parts.map((part) => (part.kind === "approval" ? { ...part, decision: decisionOf(decisions.get(part.id), followed) } : part));
}

function decisionOf(approved: boolean | undefined, followed: boolean): Decision {
  if (approved === undefined) return followed ? "passed" : "asking";
  return approved ? "approved" : "declined";
}

/** What is said to the server. */
export function approvalInput(decisions: Approvals): Word[] {
  return [...decisions].map(([id, approve]) => ({ type: "mcp_approval_response", approval_request_id: id, approve }));
}
