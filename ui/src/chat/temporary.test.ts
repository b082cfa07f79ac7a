import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { logOf, problem } from "@/chat/fake-prosa";
import type { Word } from "@/chat/parts";
import { TemporaryStore } from "@/chat/temporary";
import type { AnswerTurn, UserTurn } from "@/chat/types";

const bodies: Word[] = [];
let answer: () => Response;
let store: TemporaryStore;

beforeEach(() => {
  bodies.length = 0;
  answer = () => streamed();
  store = new TemporaryStore();
  vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
    bodies.push(JSON.parse(init.body as string) as Word);
    return answer();
  });
});

afterEach(() => vi.unstubAllGlobals());

function streamed(count = 99): Response {
  const frames = logOf("thought", "run_1").slice(0, count);
  return new Response(frames.map(({ number, event }) => `id: ${number}\ndata: ${JSON.stringify(event)}\n\n`).join(""), { headers: { "content-type": "text/event-stream" } });
}

const until = (met: () => boolean): Promise<void> => vi.waitFor(() => expect(met()).toBe(true), { timeout: 4_000, interval: 5 });
const last = (): AnswerTurn => store.snapshot().turns.at(-1) as AnswerTurn;
const send = (text: string): void => store.send({ text, attachments: [] });

it("brings along everything that was said before", async () => {
  store.wishes({ model: "mock", instructions: null, temperature: 0.2, assistant: null });
  send("um");
  await until(() => last().state === "completed");
  send("dois");
  await until(() => bodies.length === 2 && last().state === "completed");
  expect(bodies[1]).toEqual({
    model: "mock",
    temperature: 0.2,
    input: [
      { type: "message", role: "user", content: "um" },
      { type: "message", role: "assistant", content: "Um dois três." },
      { type: "message", role: "user", content: "dois" },
    ],
  });
});

it("says that an answer broke off, and asks again", async () => {
  answer = () => streamed(14);
  send("um");
  await until(() => last().state === "incomplete");
  answer = () => streamed();
  store.actions.regenerate?.(last());
  await until(() => last().state === "completed");
  expect(store.snapshot().turns).toHaveLength(2);
});

it("tells why it was refused", async () => {
  answer = () => problem(429, "rate_limit_exceeded");
  send("um");
  await until(() => last().state === "failed");
  expect(last().error?.code).toBe("rate_limit_exceeded");
});

it("asks an edited question with what it was asked with", async () => {
  store.send({ text: "um", attachments: [], assistant: { id: "asst_1", name: "Contratos" }, stores: [{ id: "vs_1", name: "Leis" }] });
  await until(() => last().state === "completed");
  await store.actions.edit?.(store.snapshot().turns[0] as UserTurn, "outro", "ask");
  await until(() => bodies.length === 2 && last().state === "completed");
  expect(bodies[1]).toMatchObject({ assistant: "asst_1", tools: [{ type: "file_search", vector_store_ids: ["vs_1"] }] });
});

it("forgets what comes behind an edited question, and everything when it is left", async () => {
  send("um");
  await until(() => last().state === "completed");
  await store.actions.edit?.(store.snapshot().turns[0] as UserTurn, "outro", "ask");
  await until(() => bodies.length === 2 && last().state === "completed");
  expect(bodies[1]?.["input"]).toEqual([{ type: "message", role: "user", content: "outro" }]);
  store.forget();
  expect(store.snapshot().turns).toEqual([]);
});
