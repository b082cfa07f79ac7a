import { describe, expect, it } from "vitest";
import type { AnswerTurn, UserTurn } from "@/chat/types";
import { type Ground, stepTo } from "@/library/jump";

const placed = { key: "k", parentId: null, versions: [], createdAt: "2026-11-22T10:00:00Z" };
const question: UserTurn = { ...placed, role: "user", id: "msg_q", text: "?", attachments: [], sending: false };
const answer: AnswerTurn = {
  ...placed,
  role: "answer",
  id: "rs_1",
  runId: null,
  state: "completed",
  model: null,
  usage: null,
  error: null,
  lastItemId: "msg_a",
  feedback: null,
  parts: [{ kind: "tool", id: "fc_1", name: "x", input: "", output: null, state: "done", open: false }],
};
const ground: Ground = { status: "ready", turns: [question, answer], older: "none" };

describe("the way to a message", () => {
  it("ends where it is drawn: a question, an answer, a part of one", () => {
    expect(stepTo("msg_q", ground, false)).toEqual({ do: "show", turn: question });
    for (const item of ["rs_1", "msg_a", "fc_1"]) expect(stepTo(item, ground, false)).toEqual({ do: "show", turn: answer });
  });

  it("goes up first, then to another version, then gives up", () => {
    expect(stepTo("msg_x", { ...ground, older: "more" }, false).do).toBe("older");
    expect(stepTo("msg_x", { ...ground, older: "loading" }, false).do).toBe("wait");
    expect(stepTo("msg_x", { ...ground, status: "loading" }, false).do).toBe("wait");
    expect(stepTo("msg_x", ground, false).do).toBe("choose");
    expect(stepTo("msg_x", ground, true).do).toBe("give-up");
  });
});
