import { describe, expect, it } from "vitest";
import { logs, problem } from "@/chat/fake-prosa";
import { staged, until, WHOLE, wordsOf } from "@/chat/store-scene";
import type { Turn, UserTurn } from "@/chat/types";

const stage = staged();

describe("asking", () => {
  it("shows the question at once, and its answer as it comes, under the same keys to the end", async () => {
    stage.scene.prosa.next = { log: "thought", written: 12 };
    stage.scene.send();
    expect(stage.scene.turns.map((turn) => turn.role)).toEqual(["user", "answer"]);
    const keys = stage.scene.turns.map((turn) => turn.key);
    const run = await stage.scene.begun();
    await until(() => stage.scene.words.startsWith("pensei um pouco"));
    expect(stage.scene.asked).toMatchObject({ text: "Olá", sending: false });
    stage.scene.prosa.write(run, 99);
    await stage.scene.ended();
    expect(stage.scene.words).toBe(WHOLE);
    expect(stage.scene.turns.map((turn) => turn.key)).toEqual(keys);
    expect(stage.scene.answer).toMatchObject({ state: "completed", model: "mock", id: expect.stringMatching(/^rs_/) });
    expect(stage.scene.posts).toHaveLength(1);
  });

  it.each(logs.thought.map((_, cut) => cut + 1))("loses and doubles nothing when every stream is cut after %i events", async (cut) => {
    stage.scene.prosa.cut = cut;
    stage.scene.send();
    await stage.scene.ended();
    expect(stage.scene.words).toBe(WHOLE);
    expect(stage.scene.posts).toHaveLength(1);
    expect(stage.scene.prosa.told.filter(({ path }) => path.includes("/events")).map(({ path }) => path.split("starting_after=")[1])).toEqual(
      Array.from({ length: Math.ceil(logs.thought.length / cut) - 1 }, (_, index) => String((index + 1) * cut - 1)),
    );
  });

  it("asks again under the same key where the stream broke before it told a name", async () => {
    let first = true;
    stage.scene.prosa.faults.push((told) => {
      if (!first || told.key === null) return null;
      first = false;
      stage.scene.prosa.begin(told.body ?? {});
      return new Response(new Uint8Array(), { headers: { "content-type": "text/event-stream" } });
    });
    stage.scene.send();
    await until(() => stage.scene.posts.length === 2);
    expect(stage.scene.posts[0]?.key).toBe(stage.scene.posts[1]?.key);
  });

  it.each([
    ["the network fails", () => "network" as const],
    ["the first try is still being answered", () => problem(409, "idempotency_in_flight")],
    ["the server is busy for a moment", () => problem(503, "too_many_answers")],
  ])("says it again under the same key while %s", async (_, fault) => {
    let left = 2;
    stage.scene.prosa.faults.push(({ key }) => (key !== null && left-- > 0 ? fault() : null));
    stage.scene.send();
    await stage.scene.ended();
    expect(stage.scene.posts).toHaveLength(3);
    expect(new Set(stage.scene.posts.map(({ key }) => key)).size).toBe(1);
    expect(stage.scene.words).toBe(WHOLE);
  });

  it.each([
    [429, "rate_limit_exceeded"],
    [400, "unsupported_input"],
    [413, "payload_too_large"],
    [403, "permission_denied"],
  ])("shows a refusal (%i) with the question, and sends it again when told to", async (status, code) => {
    stage.scene.prosa.faults.push(({ key }) => (key === null ? null : problem(status, code, { "retry-after": "7" })));
    stage.scene.send();
    await until(() => stage.scene.asked?.error !== undefined);
    expect(stage.scene.asked).toMatchObject({ sending: false, error: { code, status, retryAfter: 7 } });
    expect(stage.scene.store.snapshot().busy).toBe(false);
    expect(stage.scene.answer).toBeUndefined();
    stage.scene.prosa.faults = [];
    stage.scene.store.actions.resend?.(stage.scene.asked as UserTurn);
    await stage.scene.ended();
    expect(stage.scene.words).toBe(WHOLE);
    expect(new Set(stage.scene.posts.map(({ key }) => key)).size).toBe(1);
  });

  it("gives back what was never taken", async () => {
    stage.scene.prosa.faults.push(({ key }) => (key === null ? null : problem(400, "unsupported_input")));
    stage.scene.send("Tentativa");
    await until(() => stage.scene.asked?.error !== undefined);
    stage.scene.store.actions.remove?.(stage.scene.asked as Turn);
    expect(stage.scene.back).toHaveBeenCalledWith({ text: "Tentativa", attachments: [] });
    await until(() => stage.scene.turns.length === 0);
  });

  it("lets a second question wait without a connection of its own", async () => {
    stage.scene.prosa.next = { log: "thought", written: 6 };
    stage.scene.send("um");
    const first = await stage.scene.begun();
    await until(() => first.written === 6 && stage.scene.words !== "");
    stage.scene.send("dois");
    await until(() => stage.scene.posts.length === 2);
    expect(stage.scene.posts[1]?.body).toMatchObject({ input: "dois", stream: false });
    await until(() => stage.scene.turns.length === 4);
    expect(stage.scene.turns.map((turn) => turn.role)).toEqual(["user", "answer", "user", "answer"]);
    stage.scene.prosa.write(first, 99);
    await until(() => stage.scene.prosa.runs.size === 2);
    for (const run of stage.scene.prosa.runs.values()) stage.scene.prosa.write(run, 99);
    await stage.scene.ended();
    expect(stage.scene.turns.flatMap((turn) => (turn.role === "answer" ? [wordsOf(turn)] : []))).toEqual([WHOLE, WHOLE]);
  });

  it("takes the place of the answer that is being given when told to", async () => {
    stage.scene.prosa.next = { log: "thought", written: 6 };
    stage.scene.send("um");
    await stage.scene.begun();
    stage.scene.store.send({ text: "dois", attachments: [], replace: true });
    await until(() => stage.scene.posts.length === 2);
    expect(stage.scene.posts[1]?.body).toMatchObject({ when_busy: "replace" });
  });
});
