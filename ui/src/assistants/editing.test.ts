import { beforeAll, expect, test, vi } from "vitest";
import type { Assistant } from "@/assistants/data";
import { Editing, isDirty } from "@/assistants/editing";
import { assistant } from "@/assistants/testing";
import { loadLanguage } from "@/i18n";

type Answering = (input: Request | string, init?: RequestInit) => Promise<Response>;

// The client takes hold of it as it is loaded.
const network = vi.hoisted(() => {
  const state: { answer: Answering } = { answer: () => Promise.reject(new TypeError("no network")) };
  globalThis.fetch = ((input: Request | string, init?: RequestInit) => state.answer(input, init)) as typeof fetch;
  return state;
});

beforeAll(() => loadLanguage("en"));

interface Call {
  method: string;
  path: string;
  match: string | null;
  body: unknown;
}

/** A server that holds one assistant, as others change it meanwhile. */
function server(held: Assistant): { calls: Call[]; held: Assistant } {
  const state = { calls: [] as Call[], held };
  network.answer = async (input, init) => {
    const request = new Request(typeof input === "string" ? `http://localhost${input}` : input, init);
    const text = await request.text();
    const call = { method: request.method, path: new URL(request.url).pathname, match: request.headers.get("if-match"), body: text === "" ? null : (JSON.parse(text) as unknown) };
    state.calls.push(call);
    if (call.method === "PATCH") {
      if (call.match !== state.held.etag) return Response.json({ code: "edit_conflict", status: 412 }, { status: 412 });
      const version = state.held.version + 1;
      state.held = { ...state.held, ...(call.body as Partial<Assistant>), version, etag: `"${version}"` };
    }
    return Response.json(state.held);
  };
  return state;
}

test("what is saved is the difference alone, and nothing on the screen is made anew", async () => {
  const there = server(assistant({ starters: ["a"] }));
  const editing = new Editing(there.held, () => undefined);
  editing.put({ description: "Reads." });
  const [line] = editing.snapshot().draft.starters;
  await editing.save();
  expect(there.calls).toMatchObject([{ method: "PATCH", match: '"1"', body: { description: "Reads." } }]);
  expect(editing.snapshot()).toMatchObject({ base: { version: 2 }, busy: false, conflict: null });
  expect(editing.snapshot().draft.starters[0]).toBe(line);
  expect(isDirty(editing.snapshot())).toBe(false);
});

test("who was slower is told what changed there, and theirs goes over it or gives way", async () => {
  const there = server(assistant());
  const editing = new Editing(there.held, () => undefined);
  editing.put({ instructions: "Mine." });
  there.held = { ...there.held, version: 2, etag: '"2"', instructions: "Theirs.", description: "Theirs too." };
  await editing.save();
  expect(editing.snapshot().conflict).toMatchObject({ theirs: ["description", "instructions"], both: ["instructions"] });
  await editing.keepMine();
  expect(there.held).toMatchObject({ instructions: "Mine.", description: "Theirs too.", version: 3 });
  expect(editing.snapshot()).toMatchObject({ conflict: null, draft: { description: "Theirs too." } });

  editing.put({ name: "Mine" });
  there.held = { ...there.held, version: 4, etag: '"4"', name: "Theirs" };
  editing.hear(there.held);
  expect(editing.snapshot().conflict?.both).toEqual(["name"]);
  editing.takeTheirs();
  expect(editing.snapshot()).toMatchObject({ conflict: null, draft: { name: "Theirs" } });
});

test("that it was shared or got a picture meanwhile is no conflict", async () => {
  const there = server(assistant());
  const editing = new Editing(there.held, () => undefined);
  editing.put({ name: "Other" });
  there.held = { ...there.held, etag: '"shared"', audience: "everyone" };
  await editing.save();
  expect(editing.snapshot()).toMatchObject({ conflict: null, base: { name: "Other", version: 2 } });
  expect(there.calls.map(({ method }) => method)).toEqual(["PATCH", "GET", "PATCH"]);
});

test("what isn't changed here follows what is changed there; an older look at it doesn't count", () => {
  const editing = new Editing(assistant({ version: 3, etag: '"3"' }), () => undefined);
  editing.hear(assistant({ version: 4, etag: '"4"', name: "New" }));
  expect(editing.snapshot().draft.name).toBe("New");
  editing.hear(assistant({ version: 3, etag: '"3"' }));
  expect(editing.snapshot().draft.name).toBe("New");
});

test("nothing is sent that is wrong, and leaving is asked about as long as something isn't saved", async () => {
  const there = server(assistant());
  const editing = new Editing(null, () => undefined);
  expect(editing.leaves()).toBe(false);
  editing.put({ temperature: "3" });
  await editing.save();
  expect(there.calls).toEqual([]);
  expect(editing.leaves()).toBe(true);
  editing.discard();
  expect(editing.leaves()).toBe(false);
});
