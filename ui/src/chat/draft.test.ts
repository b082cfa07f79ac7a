import { describe, expect, it } from "vitest";
import { Draft, type RunEvent } from "@/chat/draft";
import { type Logged, logs } from "@/chat/fake-prosa";
import { partsOf, type Word } from "@/chat/parts";

const event = ({ number, event: data }: Logged): RunEvent => ({ number, data });

function folded(log: readonly Logged[]): Draft {
  const draft = new Draft("key");
  for (const each of log) draft.apply(event(each));
  return draft;
}

/** Without what only this browser knows. */
const shown = (draft: Draft): unknown => draft.parts().map((part) => ({ ...part, began: undefined, ended: undefined }));
const output = (log: readonly Logged[]): Word[] => (log.at(-1)?.event["response"] as { output: Word[] } | undefined)?.output ?? [];

const ENDED: Readonly<Record<string, string>> = { thought: "completed", tool: "completed", failed: "failed", cancelled: "cancelled", search: "completed", code: "completed", asked: "completed", called: "completed" };

describe.each(Object.entries(logs).filter(([name]) => Object.hasOwn(ENDED, name)))("the log %s", (name, log) => {
  it("makes what its end says", () => {
    const draft = folded(log);
    expect(shown(draft)).toEqual(output(log).flatMap((item) => partsOf(item)).map((part) => ({ ...part, began: undefined, ended: undefined })));
    expect(draft.state).toBe(ENDED[name]);
    expect(draft.open).toBe(false);
  });

  it("is the same after being cut at any event and read again from anywhere before", () => {
    const whole = shown(folded(log));
    for (let cut = 0; cut < log.length; cut += 1) {
      const draft = folded(log.slice(0, cut));
      for (const each of log.slice(Math.max(0, cut - 3))) expect(draft.apply(event(each))).toBe(true);
      expect(shown(draft)).toEqual(whole);
    }
  });

  it("takes nothing after a gap", () => {
    const draft = folded(log.slice(0, 1));
    expect(draft.apply(event(log[2] as Logged))).toBe(false);
    expect(draft.last).toBe(0);
  });
});

describe("what is shown while it grows", () => {
  it("keeps parts that didn't change the same objects", () => {
    const draft = folded(logs.thought.slice(0, 13));
    const before = draft.parts();
    draft.apply(event(logs.thought[13] as Logged));
    expect(draft.parts()[0]).toBe(before[0]);
    expect(draft.parts()[1]).not.toBe(before[1]);
  });

  it("times the thinking", () => {
    const [part] = folded(logs.thought.slice(0, 10)).parts();
    expect(part).toMatchObject({ kind: "reasoning", text: "pensei um pouco", open: false, began: expect.any(Number), ended: expect.any(Number) });
  });

  it("shows a tool being called, running, done", () => {
    const states = logs.tool.map((_, at) => folded(logs.tool.slice(0, at + 1)).parts()[0]).map((part) => (part?.kind === "tool" ? part.state : ""));
    expect([...new Set(states)]).toEqual(["", "writing", "running", "done"]);
  });

  it("waits in the queue until it is told to be under way", () => {
    expect(folded(logs.thought.slice(0, 1)).state).toBe("queued");
    expect(folded(logs.thought.slice(0, 2)).state).toBe("running");
  });

  it("tells why it failed", () => {
    expect(folded(logs.failed).error?.code).toBe("server_error");
  });

  const seen = (log: readonly Logged[], kind: string): unknown[] =>
    log.map((_, at) => folded(log.slice(0, at + 1)).parts().find((part) => part.kind === kind)).filter((part, at, all) => part !== undefined && JSON.stringify(part) !== JSON.stringify(all[at - 1]));

  it("shows a search: what for, then what it found, each with its place", () => {
    expect(seen(logs.search, "search")).toMatchObject([
      { state: "writing", queries: [], hits: null, open: true },
      { state: "writing", queries: ["dono do burro"], hits: null },
      { state: "running" },
      { state: "done", open: false, hits: [{ filename: "burros.md", text: expect.stringContaining("Anselmo"), place: { start: 0, heading: ["Burros"] } }] },
    ]);
  });

  it("shows code as it is written, run, and what it wrote", () => {
    expect(seen(logs.code, "code")).toMatchObject([
      { state: "writing", code: "", outputs: null },
      { state: "writing", code: "print(6 * 7)" },
      { state: "running", outputs: null },
      { state: "done", outputs: [{ kind: "logs", text: "42\n" }], open: false },
    ]);
  });

  it("shows a call of another server's tool, and one that asks first", () => {
    expect(seen(logs.asked, "mcp-tools").at(-1)).toMatchObject({ server: "post", tools: ["send", "read", "fail"], error: null, open: false });
    expect(seen(logs.asked, "approval").at(-1)).toMatchObject({ server: "post", name: "send", input: '{"to":"bob","text":"oi"}', decision: "asking", open: false });
    expect(seen(logs.called, "mcp")).toMatchObject([
      { state: "writing", input: "", output: null },
      { state: "running", input: "" },
      { state: "running", input: '{"to":"bob","text":"oi"}' },
      { state: "done", output: "sent to bob", error: null, open: false },
    ]);
  });

  it("gathers what a text points to while it comes", () => {
    const texts = folded(logs.search).parts().filter((part) => part.kind === "text");
    expect(texts.at(-1)?.references).toMatchObject([{ kind: "passage", filename: "burros.md", place: { heading: ["Burros"] } }]);
  });

  it("tells that it waits for somebody's program, and what that gave", () => {
    const draft = new Draft("key");
    const call = { type: "function_call", id: "fc_1", call_id: "call_1", name: "get_weather", arguments: "{}", status: "completed" };
    const told = [
      { type: "response.in_progress", response: {} },
      { type: "response.output_item.added", output_index: 0, item: call },
      { type: "response.output_item.done", output_index: 0, item: call },
      { type: "prosa:run.waiting" },
      { type: "response.output_item.added", output_index: 1, item: { type: "function_call_output", id: "fco_1", call_id: "call_1", output: "sol" } },
      { type: "prosa:run.woken" },
    ];
    const states = told.map((data, number) => {
      draft.apply({ number, data });
      return draft.state;
    });
    expect(states).toEqual(["running", "running", "running", "waiting", "waiting", "running"]);
    expect(draft.parts()).toMatchObject([{ kind: "tool", name: "get_weather", output: "sol" }]);
  });
});
