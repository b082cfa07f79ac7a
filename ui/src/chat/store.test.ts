import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeProsa, logs, message, problem } from "@/chat/fake-prosa";
import { ConversationStore } from "@/chat/store";
import type { AnswerTurn, Turn, UserTurn } from "@/chat/types";

let prosa: FakeProsa;
let store: ConversationStore;
const failures: unknown[] = [];
const back = vi.fn();

beforeEach(async () => {
  prosa = new FakeProsa();
  vi.stubGlobal("fetch", prosa.fetch);
  store = await opened();
});

afterEach(() => {
  store.close();
  failures.length = 0;
  vi.unstubAllGlobals();
});

async function opened(): Promise<ConversationStore> {
  const made = new ConversationStore("conv_1");
  made.tell({ failed: (error) => failures.push(error), ended: () => undefined, givenBack: (question) => back(question) });
  made.open();
  await until(() => made.snapshot().status !== "loading");
  return made;
}

const until = (met: () => boolean): Promise<void> => vi.waitFor(() => expect(met()).toBe(true), { timeout: 4_000, interval: 5 });
const turns = (): readonly Turn[] => store.snapshot().turns;
const answer = (): AnswerTurn | undefined => turns().findLast((turn): turn is AnswerTurn => turn.role === "answer");
const asked = (): UserTurn | undefined => turns().findLast((turn): turn is UserTurn => turn.role === "user");
const words = (turn = answer()): string => (turn?.parts ?? []).map((part) => ("text" in part ? part.text : "")).join("|");
const posts = () => prosa.told.filter(({ method, path }) => method === "POST" && path.endsWith("/answers"));
const send = (text = "Olá"): void => store.send({ text, attachments: [] });
const ended = (): Promise<void> => until(() => !store.snapshot().busy && answer()?.state !== undefined && asked()?.id.startsWith("local") === false);
const WHOLE = "pensei um pouco|Um dois três.";

describe("asking", () => {
  it("shows the question at once, and its answer as it comes, under the same keys to the end", async () => {
    prosa.next = { log: "thought", written: 12 };
    send();
    expect(turns().map((turn) => turn.role)).toEqual(["user", "answer"]);
    const keys = turns().map((turn) => turn.key);
    const run = await begun();
    await until(() => words().startsWith("pensei um pouco"));
    expect(asked()).toMatchObject({ text: "Olá", sending: false });
    prosa.write(run, 99);
    await ended();
    expect(words()).toBe(WHOLE);
    expect(turns().map((turn) => turn.key)).toEqual(keys);
    expect(answer()).toMatchObject({ state: "completed", model: "mock", id: expect.stringMatching(/^rs_/) });
    expect(posts()).toHaveLength(1);
  });

  it.each(logs.thought.map((_, cut) => cut + 1))("loses and doubles nothing when every stream is cut after %i events", async (cut) => {
    prosa.cut = cut;
    send();
    await ended();
    expect(words()).toBe(WHOLE);
    expect(posts()).toHaveLength(1);
    expect(prosa.told.filter(({ path }) => path.includes("/events")).map(({ path }) => path.split("starting_after=")[1])).toEqual(
      Array.from({ length: Math.ceil(logs.thought.length / cut) - 1 }, (_, index) => String((index + 1) * cut - 1)),
    );
  });

  it("asks again under the same key where the stream broke before it told a name", async () => {
    let first = true;
    prosa.faults.push((told) => {
      if (!first || told.key === null) return null;
      first = false;
      prosa.begin(told.body ?? {});
      return new Response(new Uint8Array(), { headers: { "content-type": "text/event-stream" } });
    });
    send();
    await until(() => posts().length === 2);
    expect(posts()[0]?.key).toBe(posts()[1]?.key);
  });

  it.each([
    ["the network fails", () => "network" as const],
    ["the first try is still being answered", () => problem(409, "idempotency_in_flight")],
    ["the server is busy for a moment", () => problem(503, "too_many_answers")],
  ])("says it again under the same key while %s", async (_, fault) => {
    let left = 2;
    prosa.faults.push(({ key }) => (key !== null && left-- > 0 ? fault() : null));
    send();
    await ended();
    expect(posts()).toHaveLength(3);
    expect(new Set(posts().map(({ key }) => key)).size).toBe(1);
    expect(words()).toBe(WHOLE);
  });

  it.each([
    [429, "rate_limit_exceeded"],
    [400, "unsupported_input"],
    [413, "payload_too_large"],
    [403, "permission_denied"],
  ])("shows a refusal (%i) with the question, and sends it again when told to", async (status, code) => {
    prosa.faults.push(({ key }) => (key === null ? null : problem(status, code, { "retry-after": "7" })));
    send();
    await until(() => asked()?.error !== undefined);
    expect(asked()).toMatchObject({ sending: false, error: { code, status, retryAfter: 7 } });
    expect(store.snapshot().busy).toBe(false);
    expect(answer()).toBeUndefined();
    prosa.faults = [];
    store.actions.resend?.(asked() as UserTurn);
    await ended();
    expect(words()).toBe(WHOLE);
    expect(new Set(posts().map(({ key }) => key)).size).toBe(1);
  });

  it("gives back what was never taken", async () => {
    prosa.faults.push(({ key }) => (key === null ? null : problem(400, "unsupported_input")));
    send("Tentativa");
    await until(() => asked()?.error !== undefined);
    store.actions.remove?.(asked() as Turn);
    expect(back).toHaveBeenCalledWith({ text: "Tentativa", attachments: [] });
    await until(() => turns().length === 0);
  });

  it("lets a second question wait without a connection of its own", async () => {
    prosa.next = { log: "thought", written: 6 };
    send("um");
    const first = await begun();
    await until(() => first.written === 6 && words() !== "");
    send("dois");
    await until(() => posts().length === 2);
    expect(posts()[1]?.body).toMatchObject({ input: "dois", stream: false });
    await until(() => turns().length === 4);
    expect(turns().map((turn) => turn.role)).toEqual(["user", "answer", "user", "answer"]);
    prosa.write(first, 99);
    await until(() => prosa.runs.size === 2);
    for (const run of prosa.runs.values()) prosa.write(run, 99);
    await ended();
    expect(turns().flatMap((turn) => (turn.role === "answer" ? [words(turn)] : []))).toEqual([WHOLE, WHOLE]);
  });

  it("takes the place of the answer that is being given when told to", async () => {
    prosa.next = { log: "thought", written: 6 };
    send("um");
    await begun();
    store.send({ text: "dois", attachments: [], replace: true });
    await until(() => posts().length === 2);
    expect(posts()[1]?.body).toMatchObject({ when_busy: "replace" });
  });
});

describe("an answer that is being given elsewhere", () => {
  it("is found again when the page is loaded in its middle", async () => {
    prosa.next = { log: "thought", written: 13 };
    prosa.begin({ input: "De outro lugar" });
    store.close();
    store = await opened();
    await until(() => words().includes("|Um"));
    expect(turns().map((turn) => turn.role)).toEqual(["user", "answer"]);
    prosa.write([...prosa.runs.values()][0] as never, 99);
    await ended();
    expect(words()).toBe(WHOLE);
  });

  it("appears when it is told to have begun", async () => {
    prosa.next = { log: "thought", written: 13 };
    const run = prosa.begin({ input: "Do telefone" });
    store.moved();
    await until(() => words().includes("|Um"));
    prosa.write(run, 99);
    await ended();
    expect(words()).toBe(WHOLE);
  });

  it("goes on after nobody looked for a while", async () => {
    prosa.next = { log: "thought", written: 5 };
    send();
    const run = await begun();
    await until(() => words().includes("pensei"));
    store.close();
    prosa.write(run, 99);
    store.open();
    await ended();
    expect(words()).toBe(WHOLE);
    expect(turns()).toHaveLength(2);
  });

  it("stands where it belongs when it has no question of its own", async () => {
    send();
    await ended();
    prosa.next = { log: "thought", written: 13 };
    const again = prosa.begin({ regenerates: answer()?.id ?? "" });
    store.moved();
    await until(() => store.snapshot().busy);
    expect(turns().map((turn) => turn.role)).toEqual(["user", "answer"]);
    prosa.write(again, 99);
    await until(() => !store.snapshot().busy);
    expect(words()).toBe(WHOLE);
  });
});

describe("ending", () => {
  it("stops an answer and keeps what was said", async () => {
    prosa.next = { log: "cancelled", written: 6 };
    send();
    await until(() => words() !== "");
    store.stop();
    await until(() => answer()?.state === "cancelled");
    expect(words()).not.toBe("");
    expect(store.snapshot().busy).toBe(false);
  });

  it("stops an answer whose name isn't known yet", async () => {
    prosa.next = { log: "cancelled", written: 5 };
    send();
    store.stop();
    await until(() => answer()?.state === "cancelled");
    expect(prosa.told.some(({ path }) => path.endsWith("/cancellation"))).toBe(true);
  });

  it("shows a failure in the answer's place, and asks again behind the question", async () => {
    prosa.next = { log: "failed" };
    send();
    await ended();
    expect(answer()).toMatchObject({ state: "failed", error: { code: "server_error" }, parts: [] });
    prosa.next = { log: "thought" };
    store.actions.regenerate?.(answer() as AnswerTurn);
    await until(() => words() === WHOLE);
    expect(posts()[1]?.body).toEqual({ after: asked()?.id });
    expect(turns()).toHaveLength(2);
  });

  it("shows the failure also to who comes later", async () => {
    prosa.next = { log: "failed" };
    send();
    await ended();
    store.close();
    store = await opened();
    await until(() => answer()?.error?.code === "server_error");
    expect(answer()?.state).toBe("failed");
  });

  it("says that a conversation was deleted meanwhile", async () => {
    prosa.next = { log: "thought", written: 5 };
    send();
    await begun();
    prosa.gone = true;
    prosa.runs.clear();
    prosa.cut = 0;
    store.moved();
    await until(() => store.snapshot().status === "missing");
    expect(turns()).toEqual([]);
  });

  it("keeps to the items where an answer's events aren't kept any more", async () => {
    prosa.next = { log: "thought", written: 5 };
    send();
    const run = await begun();
    await until(() => words() !== "");
    prosa.faults.push(({ path }) => (path.includes("/events") ? problem(410, "log_expired") : null));
    store.close();
    prosa.write(run, 99);
    store.open();
    await ended();
    expect(words()).toBe(WHOLE);
  });
});

describe("what was said before", () => {
  it("comes in pages, and stays when the newest is read again", async () => {
    prosa.page = 4;
    prosa.items = Array.from({ length: 10 }, (_, index) => message(`m${index}`, index % 2 === 0 ? "user" : "assistant", `n${index}`, { parent_id: index === 0 ? null : `m${index - 1}` }));
    store.close();
    store = await opened();
    expect(turns()).toHaveLength(4);
    store.loadOlder();
    await until(() => turns().length === 8);
    store.loadOlder();
    await until(() => turns().length === 10);
    expect(store.snapshot().older).toBe("none");
    const [first] = turns();
    store.moved();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(turns()).toHaveLength(10);
    expect(turns()[0]).toBe(first);
  });

  it("can be tried again", async () => {
    prosa.page = 2;
    prosa.items = Array.from({ length: 4 }, (_, index) => message(`m${index}`, "user", `n${index}`, { parent_id: index === 0 ? null : `m${index - 1}` }));
    store.close();
    store = await opened();
    prosa.faults.push(({ path }) => (path.includes("cursor=") ? problem(503, "database_unavailable") : null));
    store.loadOlder();
    await until(() => store.snapshot().older === "failed");
    prosa.faults = [];
    store.loadOlder();
    await until(() => turns().length === 4);
  });

  it("says so where nothing can be read, and reads it when told to", async () => {
    prosa.faults.push(() => problem(503, "database_unavailable"));
    store.close();
    store = await opened();
    expect(store.snapshot()).toMatchObject({ status: "failed", error: { code: "database_unavailable" } });
    prosa.faults = [];
    store.reload();
    await until(() => store.snapshot().status === "ready");
  });
});

describe("versions", () => {
  it("asks an edited question in the place of the first", async () => {
    send("primeira");
    await ended();
    const before = asked() as UserTurn;
    await store.actions.edit?.(before, "segunda", "ask");
    await ended();
    expect(posts()[1]?.body).toEqual({ edits: before.id, input: "segunda" });
    expect(turns()).toHaveLength(2);
    expect(asked()?.text).toBe("segunda");
  });

  it("leaves everything as it was where the edit is refused", async () => {
    send("primeira");
    await ended();
    prosa.faults.push(({ body }) => (body?.["edits"] === undefined ? null : problem(429, "too_many_waiting")));
    await expect(store.actions.edit?.(asked() as UserTurn, "segunda", "ask")).rejects.toMatchObject({ status: 429 });
    await until(() => asked()?.text === "primeira");
    expect(words()).toBe(WHOLE);
  });

  it("goes on from where an answer stopped", async () => {
    send();
    await ended();
    const last = answer()?.lastItemId;
    store.actions.proceed?.(answer() as AnswerTurn);
    await until(() => turns().length === 3 && !store.snapshot().busy);
    expect(posts()[1]?.body).toEqual({ after: last });
  });

  it("tells what could not be chosen", async () => {
    send();
    await ended();
    prosa.faults.push(({ path }) => (path.endsWith("/choice") ? problem(412, "edit_conflict") : null));
    store.actions.choose?.(answer() as Turn, "msg_other");
    await until(() => failures.length === 1);
  });

  it("takes an opinion back that the server doesn't take", async () => {
    send();
    await ended();
    prosa.faults.push(({ path }) => (path.endsWith("/feedback") ? problem(503, "database_unavailable") : null));
    store.actions.rate?.(answer() as AnswerTurn, "up");
    expect(answer()?.feedback).toBe("up");
    await until(() => answer()?.feedback === null);
    expect(failures).toHaveLength(1);
  });
});

async function begun() {
  await until(() => prosa.runs.size > 0);
  const run = [...prosa.runs.values()].at(-1);
  if (run === undefined) throw new Error("nothing was asked");
  return run;
}
