import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Change, followChanges, keysOf, onChange } from "@/app/changes";
import { queryClient } from "@/app/query";

const asked: string[] = [];
let push: (change: Change) => void = () => undefined;
let cut: () => void = () => undefined;
const heard: Change[] = [];
let leave: (() => void)[] = [];

beforeEach(() => {
  asked.length = 0;
  heard.length = 0;
  leave = [onChange((change) => heard.push(change))];
  vi.stubGlobal("fetch", async (address: string, init: RequestInit) => {
    asked.push(address);
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        push = (change) => controller.enqueue(encoder.encode(`id: ${change.number}\nevent: ${change.type}\ndata: ${JSON.stringify(change)}\n\n`));
        cut = () => controller.close();
        init.signal?.addEventListener("abort", () => controller.error(new DOMException("Aborted", "AbortError")));
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  });
});

afterEach(() => {
  for (const end of leave) end();
  vi.unstubAllGlobals();
});

const until = (met: () => boolean): Promise<void> => vi.waitFor(() => expect(met()).toBe(true), { timeout: 4_000, interval: 5 });

it.each<[Change, unknown]>([
  [{ type: "conversation.updated", number: 1, id: "conv_1" }, [["conversations"], ["tags"], ["trash"], ["conversation", "conv_1"]]],
  [{ type: "run.ended", number: 1, id: "run_1", data: { conversation_id: "conv_1" } }, [["conversations"], ["conversation", "conv_1"]]],
  [{ type: "folder.deleted", number: 1, id: "folder_1" }, [["folders"], ["conversations"]]],
  [{ type: "share.created", number: 1, id: "share_1" }, [["shares"]]],
  [{ type: "memory.updated", number: 1 }, [["memories"]]],
  [{ type: "changes.reload", number: 1 }, [[]]],
  [{ type: "changes.ready", number: 1 }, []],
  [{ type: "something.new", number: 1 }, []],
])("knows what %o makes old", (change, keys) => {
  expect(keysOf(change)).toEqual(keys);
});

it("tells what changed once, and refetches it together", async () => {
  const invalidate = vi.spyOn(queryClient, "invalidateQueries").mockResolvedValue();
  leave.push(followChanges());
  await until(() => asked.length === 1);
  push({ type: "changes.ready", number: 4 });
  push({ type: "conversation.updated", number: 5, id: "conv_1" });
  push({ type: "conversation.updated", number: 5, id: "conv_1" });
  push({ type: "conversation.updated", number: 6, id: "conv_1" });
  await until(() => invalidate.mock.calls.length > 0);
  expect(heard.map(({ number }) => number)).toEqual([4, 5, 6]);
  expect(invalidate.mock.calls.map(([filters]) => filters?.queryKey)).toEqual([["conversations"], ["tags"], ["trash"], ["conversation", "conv_1"]]);
});

it("comes back with the last number after a break", async () => {
  leave.push(followChanges());
  await until(() => asked.length === 1);
  push({ type: "changes.ready", number: 7 });
  await until(() => heard.length === 1);
  cut();
  await until(() => asked.length === 2);
  expect(asked).toEqual(["/api/v1/changes", "/api/v1/changes?after=7"]);
});

it("holds no connection once it is ended", async () => {
  const end = followChanges();
  await until(() => asked.length === 1);
  end();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(asked).toHaveLength(1);
});
