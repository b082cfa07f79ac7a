import { describe, expect, it, vi } from "vitest";
import { problem } from "@/chat/fake-prosa";
import { staged, until, WHOLE } from "@/chat/store-scene";
import type { AnswerTurn } from "@/chat/types";

const stage = staged();

describe("an answer that is being given elsewhere", () => {
  it("is found again when the page is loaded in its middle", async () => {
    stage.scene.prosa.next = { log: "thought", written: 13 };
    stage.scene.prosa.begin({ input: "De outro lugar" });
    await stage.scene.open();
    await until(() => stage.scene.words.includes("|Um"));
    expect(stage.scene.turns.map((turn) => turn.role)).toEqual(["user", "answer"]);
    stage.scene.prosa.write(await stage.scene.begun(), 99);
    await stage.scene.ended();
    expect(stage.scene.words).toBe(WHOLE);
  });

  it("appears when it is told to have begun", async () => {
    stage.scene.prosa.next = { log: "thought", written: 13 };
    const run = stage.scene.prosa.begin({ input: "Do telefone" });
    stage.scene.store.moved();
    await until(() => stage.scene.words.includes("|Um"));
    stage.scene.prosa.write(run, 99);
    await stage.scene.ended();
    expect(stage.scene.words).toBe(WHOLE);
  });

  it("goes on after nobody looked for a while", async () => {
    stage.scene.prosa.next = { log: "thought", written: 5 };
    stage.scene.send();
    const run = await stage.scene.begun();
    await until(() => stage.scene.words.includes("pensei"));
    stage.scene.store.close();
    stage.scene.prosa.write(run, 99);
    stage.scene.store.open();
    await stage.scene.ended();
    expect(stage.scene.words).toBe(WHOLE);
    expect(stage.scene.turns).toHaveLength(2);
  });

  it("is looked at now and then, without a connection, while nobody looks", async () => {
    vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    stage.scene.prosa.next = { log: "thought", written: 13 };
    const run = stage.scene.prosa.begin({ input: "Em segundo plano" });
    await stage.scene.open();
    await until(() => stage.scene.words.includes("|Um"));
    stage.scene.prosa.write(run, 99);
    await stage.scene.ended();
    expect(stage.scene.words).toBe(WHOLE);
    expect(stage.scene.prosa.told.filter(({ path }) => path.includes("/events") && !path.includes("limit=1000"))).toEqual([]);
  });

  it("stands where it belongs when it has no question of its own", async () => {
    stage.scene.send();
    await stage.scene.ended();
    stage.scene.prosa.next = { log: "thought", written: 13 };
    const again = stage.scene.prosa.begin({ regenerates: stage.scene.answer?.id ?? "" });
    stage.scene.store.moved();
    await until(() => stage.scene.store.snapshot().busy);
    expect(stage.scene.turns.map((turn) => turn.role)).toEqual(["user", "answer"]);
    stage.scene.prosa.write(again, 99);
    await until(() => !stage.scene.store.snapshot().busy);
    expect(stage.scene.words).toBe(WHOLE);
  });
});

describe("ending", () => {
  it("stops an answer and keeps what was said", async () => {
    stage.scene.prosa.next = { log: "cancelled", written: 6 };
    stage.scene.send();
    await until(() => stage.scene.words !== "");
    stage.scene.store.stop();
    await until(() => stage.scene.answer?.state === "cancelled");
    expect(stage.scene.words).not.toBe("");
    expect(stage.scene.store.snapshot().busy).toBe(false);
  });

  it("stops an answer whose name isn't known yet", async () => {
    stage.scene.prosa.next = { log: "cancelled", written: 5 };
    stage.scene.send();
    stage.scene.store.stop();
    await until(() => stage.scene.answer?.state === "cancelled");
    expect(stage.scene.prosa.told.some(({ path }) => path.endsWith("/cancellation"))).toBe(true);
  });

  it("shows a failure in the answer's place, and asks again behind the question", async () => {
    stage.scene.prosa.next = { log: "failed" };
    stage.scene.send();
    await stage.scene.ended();
    expect(stage.scene.answer).toMatchObject({ state: "failed", error: { code: "server_error" }, parts: [] });
    stage.scene.prosa.next = { log: "thought" };
    stage.scene.store.actions.regenerate?.(stage.scene.answer as AnswerTurn);
    await until(() => stage.scene.words === WHOLE);
    expect(stage.scene.posts[1]?.body).toEqual({ after: stage.scene.asked?.id });
    expect(stage.scene.turns).toHaveLength(2);
  });

  it("shows the failure also to who comes later", async () => {
    stage.scene.prosa.next = { log: "failed" };
    stage.scene.send();
    await stage.scene.ended();
    await stage.scene.open();
    await until(() => stage.scene.answer?.error?.code === "server_error");
    expect(stage.scene.answer?.state).toBe("failed");
  });

  it("says that a conversation was deleted meanwhile", async () => {
    stage.scene.prosa.next = { log: "thought", written: 5 };
    stage.scene.send();
    await stage.scene.begun();
    stage.scene.prosa.gone = true;
    stage.scene.prosa.runs.clear();
    stage.scene.prosa.cut = 0;
    stage.scene.store.moved();
    await until(() => stage.scene.store.snapshot().status === "missing");
    expect(stage.scene.turns).toEqual([]);
  });

  it("keeps to the items where an answer's events aren't kept any more", async () => {
    stage.scene.prosa.next = { log: "thought", written: 5 };
    stage.scene.send();
    const run = await stage.scene.begun();
    await until(() => stage.scene.words !== "");
    stage.scene.prosa.faults.push(({ path }) => (path.includes("/events") ? problem(410, "log_expired") : null));
    stage.scene.store.close();
    stage.scene.prosa.write(run, 99);
    stage.scene.store.open();
    await stage.scene.ended();
    expect(stage.scene.words).toBe(WHOLE);
  });
});
