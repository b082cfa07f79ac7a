import { describe, expect, it } from "vitest";
import { problem } from "@/chat/fake-prosa";
import { staged, until } from "@/chat/store-scene";
import type { AnswerTurn, ApprovalPart } from "@/chat/types";

const stage = staged();

/** What was decided of each request that is shown, oldest first. */
const decisions = (): string[] => stage.scene.turns.flatMap((turn) => (turn.role === "answer" ? turn.parts : [])).flatMap((part) => (part.kind === "approval" ? [part.decision] : []));
const asking = (): ApprovalPart => (stage.scene.answer as AnswerTurn).parts.find((part) => part.kind === "approval") as ApprovalPart;

async function asked(): Promise<AnswerTurn> {
  stage.scene.prosa.next = { log: "asked" };
  stage.scene.send();
  await until(() => stage.scene.answer?.lastItemId !== null && decisions().length === 1 && !stage.scene.store.snapshot().busy);
  await stage.scene.ended();
  await until(() => stage.scene.answer?.id.startsWith("mcpl_") === true);
  return stage.scene.answer as AnswerTurn;
}

describe("a tool that asks first", () => {
  it("is answered behind the answer that asked, and stays answered", async () => {
    const turn = await asked();
    expect(decisions()).toEqual(["asking"]);
    const { id } = asking();
    stage.scene.prosa.next = { log: "called" };
    await stage.scene.store.actions.decide?.(turn, new Map([[id, true]]));
    expect(stage.scene.posts[1]?.body).toEqual({ input: [{ type: "mcp_approval_response", approval_request_id: id, approve: true }], after: turn.lastItemId });
    await until(() => stage.scene.turns.length === 3 && !stage.scene.store.snapshot().busy);
    expect(stage.scene.turns.map((each) => each.role)).toEqual(["user", "answer", "answer"]);
    expect(decisions()).toEqual(["approved"]);
    await stage.scene.open();
    expect(stage.scene.turns.map((each) => each.role)).toEqual(["user", "answer", "answer"]);
    expect(decisions()).toEqual(["approved"]);
    expect(stage.scene.answer?.parts.map((part) => part.kind)).toEqual(["mcp", "text"]);
  });

  it("asks again where the server takes no answer, and says why", async () => {
    const turn = await asked();
    stage.scene.prosa.faults.push(({ method }) => (method === "POST" ? problem(409, "approval_used") : null));
    await stage.scene.store.actions.decide?.(turn, new Map([[asking().id, false]]));
    expect(decisions()).toEqual(["asking"]);
    expect(stage.scene.failures).toHaveLength(1);
    expect(stage.scene.turns).toHaveLength(2);
  });

  it("is passed over by who says something else", async () => {
    await asked();
    stage.scene.prosa.next = { log: "thought" };
    stage.scene.send("Deixe para lá.");
    expect(decisions()).toEqual(["passed"]);
    await stage.scene.ended();
    expect(decisions()).toEqual(["passed"]);
  });
});
