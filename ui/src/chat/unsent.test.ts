import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeProsa, problem } from "@/chat/fake-prosa";
import { ConversationStore } from "@/chat/store";
import { until } from "@/chat/store-scene";
import type { UserTurn } from "@/chat/types";

let prosa = new FakeProsa();
const stores: ConversationStore[] = [];

/** The page is loaded anew by somebody. */
function loaded(person = "user_ana"): ConversationStore {
  for (const old of stores.splice(0)) old.close();
  const store = new ConversationStore("conv_1", person);
  stores.push(store);
  store.open();
  return store;
}

const asked = (store: ConversationStore): UserTurn[] => store.snapshot().turns.filter((turn): turn is UserTurn => turn.role === "user");
const posts = () => prosa.told.filter(({ method, path }) => method === "POST" && path.endsWith("/answers"));

beforeEach(() => {
  sessionStorage.clear();
  prosa = new FakeProsa();
  vi.stubGlobal("fetch", prosa.fetch);
});
afterEach(() => {
  for (const store of stores.splice(0)) store.close();
  vi.unstubAllGlobals();
});

describe("a question that wasn't taken, after a reload", () => {
  it.each([
    [413, "request_too_large"],
    [429, "tokens_limit"],
    [500, "internal_error"],
  ])("stands there with what refused it (%i), and is asked again when the person says so", async (status, code) => {
    let refusing = true;
    prosa.faults.push(({ key }) => (refusing && key !== null ? problem(status, code) : null));
    const before = loaded();
    await until(() => before.snapshot().status === "ready");
    before.send({ text: "Olá", attachments: [{ id: "file-1", name: "a.png", type: "image/png", size: 3, state: "ready", preview: "blob:x" }] });
    await until(() => asked(before)[0]?.error !== undefined);
    const tries = posts().length;
    const after = loaded();
    await until(() => after.snapshot().status === "ready");
    expect(asked(after)).toMatchObject([{ text: "Olá", error: { status, code }, attachments: [{ id: "file-1", preview: "/v1/files/file-1/content" }] }]);
    expect(posts()).toHaveLength(tries);
    refusing = false;
    after.actions.resend?.(asked(after)[0] as UserTurn);
    await until(() => asked(after)[0]?.id.startsWith("local") === false);
    expect(new Set(posts().map(({ key }) => key)).size).toBe(1);
    expect(sessionStorage).toHaveLength(0);
    expect(asked(loaded())).toEqual([]);
  });

  it("is asked by itself, under its own key, where it was on its way", async () => {
    let away = true;
    prosa.faults.push(({ key }) => (away && key !== null ? "network" : null));
    const before = loaded();
    await until(() => before.snapshot().status === "ready");
    before.send({ text: "Olá", attachments: [] });
    await until(() => posts().length > 0);
    away = false;
    const after = loaded();
    await until(() => asked(after).length === 1 && asked(after)[0]?.id.startsWith("local") === false);
    expect(new Set(posts().map(({ key }) => key)).size).toBe(1);
    expect(sessionStorage).toHaveLength(0);
  });

  it("is nobody else's, and gone when it was taken back", async () => {
    prosa.faults.push(({ key }) => (key !== null ? problem(422, "invalid") : null));
    const before = loaded();
    await until(() => before.snapshot().status === "ready");
    before.send({ text: "Olá", attachments: [] });
    await until(() => asked(before)[0]?.error !== undefined);
    const other = loaded("user_ben");
    await until(() => other.snapshot().status === "ready");
    expect(asked(other)).toEqual([]);
    const again = loaded();
    await until(() => asked(again).length === 1);
    again.actions.remove?.(asked(again)[0] as UserTurn);
    expect(sessionStorage).toHaveLength(0);
  });
});
