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

describe.each(Object.entries(logs).filter(([name]) => ["thought", "tool", "failed", "cancelled"].includes(name)))("the log %s", (name, log) => {
  it("makes what its end says", () => {
    const draft = folded(log);
    expect(shown(draft)).toEqual(output(log).flatMap((item) => partsOf(item)).map((part) => ({ ...part, began: undefined, ended: undefined })));
    expect(draft.state).toBe({ thought: "completed", tool: "completed", failed: "failed", cancelled: "cancelled" }[name]);
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
});
