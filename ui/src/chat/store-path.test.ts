import { describe, expect, it } from "vitest";
import { json, message, problem } from "@/chat/fake-prosa";
import { staged, until, WHOLE } from "@/chat/store-scene";
import type { AnswerTurn, Turn, UserTurn } from "@/chat/types";

const stage = staged();

describe("what was said before", () => {
  it("comes in pages, and stays when the newest is read again", async () => {
    stage.scene.prosa.page = 4;
    stage.scene.prosa.items = Array.from({ length: 10 }, (_, index) => message(`m${index}`, index % 2 === 0 ? "user" : "assistant", `n${index}`, { parent_id: index === 0 ? null : `m${index - 1}` }));
    await stage.scene.open();
    expect(stage.scene.turns).toHaveLength(4);
    stage.scene.store.loadOlder();
    await until(() => stage.scene.turns.length === 8);
    stage.scene.store.loadOlder();
    await until(() => stage.scene.turns.length === 10);
    expect(stage.scene.store.snapshot().older).toBe("none");
    const [first] = stage.scene.turns;
    stage.scene.store.moved();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(stage.scene.turns).toHaveLength(10);
    expect(stage.scene.turns[0]).toBe(first);
  });

  it("can be tried again", async () => {
    stage.scene.prosa.page = 2;
    stage.scene.prosa.items = Array.from({ length: 4 }, (_, index) => message(`m${index}`, "user", `n${index}`, { parent_id: index === 0 ? null : `m${index - 1}` }));
    await stage.scene.open();
    stage.scene.prosa.faults.push(({ path }) => (path.includes("cursor=") ? problem(503, "database_unavailable") : null));
    stage.scene.store.loadOlder();
    await until(() => stage.scene.store.snapshot().older === "failed");
    stage.scene.prosa.faults = [];
    stage.scene.store.loadOlder();
    await until(() => stage.scene.turns.length === 4);
  });

  it("says so where nothing can be read, and reads it when told to", async () => {
    stage.scene.prosa.faults.push(() => problem(503, "database_unavailable"));
    await stage.scene.open();
    expect(stage.scene.store.snapshot()).toMatchObject({ status: "failed", error: { code: "database_unavailable" } });
    stage.scene.prosa.faults = [];
    stage.scene.store.reload();
    await until(() => stage.scene.store.snapshot().status === "ready");
  });
});

describe("versions", () => {
  it("asks an edited question in the place of the first", async () => {
    stage.scene.send("primeira");
    await stage.scene.ended();
    const before = stage.scene.asked as UserTurn;
    await stage.scene.store.actions.edit?.(before, "segunda", "ask");
    await stage.scene.ended();
    expect(stage.scene.posts[1]?.body).toEqual({ edits: before.id, input: "segunda" });
    expect(stage.scene.turns).toHaveLength(2);
    expect(stage.scene.asked?.text).toBe("segunda");
  });

  it("asks it with what the first was asked with, after a reload too, unless that was taken away", async () => {
    const contracts = { id: "asst_1", name: "Contratos" };
    const stores = [{ id: "vs_1", name: "Leis" }];
    stage.scene.store.send({ text: "primeira", attachments: [], assistant: contracts, stores });
    await stage.scene.ended();
    await stage.scene.store.actions.edit?.(stage.scene.asked as UserTurn, "segunda", "ask");
    await stage.scene.ended();
    const same = { assistant: "asst_1", tools: [{ type: "file_search", vector_store_ids: ["vs_1"] }] };
    expect(stage.scene.posts[1]?.body).toMatchObject({ input: "segunda", ...same });
    await stage.scene.open();
    stage.scene.prosa.faults.push(({ path }) => (path === "/v1/vector_stores/vs_1" ? json({ id: "vs_1", name: "Leis" }) : path === "/api/v1/conversations/conv_1" ? json({ settings: { assistant: "asst_2" } }) : null));
    const asked = stage.scene.asked as UserTurn;
    expect(await stage.scene.store.actions.wished?.(asked)).toEqual({ assistant: contracts, stores });
    await stage.scene.store.actions.edit?.(asked, "terceira", "ask", { assistant: null, stores: [] });
    expect(stage.scene.posts[2]?.body).toEqual({ edits: asked.id, input: "terceira", assistant: "asst_2" });
  });

  it("leaves everything as it was where the edit is refused", async () => {
    stage.scene.send("primeira");
    await stage.scene.ended();
    stage.scene.prosa.faults.push(({ body }) => (body?.["edits"] === undefined ? null : problem(429, "too_many_waiting")));
    await expect(stage.scene.store.actions.edit?.(stage.scene.asked as UserTurn, "segunda", "ask")).rejects.toMatchObject({ status: 429 });
    await until(() => stage.scene.asked?.text === "primeira");
    expect(stage.scene.words).toBe(WHOLE);
  });

  it("goes on from where an answer stopped", async () => {
    stage.scene.send();
    await stage.scene.ended();
    const last = stage.scene.answer?.lastItemId;
    stage.scene.store.actions.proceed?.(stage.scene.answer as AnswerTurn);
    await until(() => stage.scene.turns.length === 3 && !stage.scene.store.snapshot().busy);
    expect(stage.scene.posts[1]?.body).toEqual({ after: last });
  });

  it("tells what could not be chosen", async () => {
    stage.scene.send();
    await stage.scene.ended();
    stage.scene.prosa.faults.push(({ path }) => (path.endsWith("/choice") ? problem(412, "edit_conflict") : null));
    stage.scene.store.actions.choose?.(stage.scene.answer as Turn, "msg_other");
    await until(() => stage.scene.failures.length === 1);
  });

  it("takes an opinion back that the server doesn't take", async () => {
    stage.scene.send();
    await stage.scene.ended();
    stage.scene.prosa.faults.push(({ path }) => (path.endsWith("/feedback") ? problem(503, "database_unavailable") : null));
    stage.scene.store.actions.rate?.(stage.scene.answer as AnswerTurn, "up");
    expect(stage.scene.answer?.feedback).toBe("up");
    await until(() => stage.scene.answer?.feedback === null);
    expect(stage.scene.failures).toHaveLength(1);
  });
});
