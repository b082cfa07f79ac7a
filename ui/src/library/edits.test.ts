import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { queryClient } from "@/app/query";
import { toast } from "@/app/toast";
import { loadLanguage } from "@/i18n";
import { edit, pin, trash, withTag } from "@/library/edits";
import type { Listing } from "@/library/listing";
import { conversation } from "@/library/testing";

vi.mock("@/app/toast", () => ({ toast: vi.fn() }));

// The client takes the browser's fetch as it finds it when it is loaded.
const server = vi.hoisted(() => {
  const fetch = vi.fn<(request: Request) => Promise<Response>>();
  globalThis.fetch = fetch as unknown as typeof globalThis.fetch;
  location.href = "http://prosa.test/";
  return { fetch };
});

const one = conversation({ id: "conv_1" });
const other = conversation({ id: "conv_2", title: "Outra", updated_at: "2026-11-19T10:00:00Z" });

function shown(filter: object): string[] {
  return queryClient.getQueryData<Listing>(["conversations", filter])?.items.map((each) => `${each.id}:${each.title ?? ""}`) ?? [];
}

function answer(status: number, body: unknown): Response {
  return new Response(status === 204 ? null : JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

function answers(...each: [number, unknown][]): void {
  server.fetch.mockReset().mockImplementation(async () => answer(200, { data: [], next_cursor: null }));
  for (const [status, body] of each) server.fetch.mockImplementationOnce(async () => answer(status, body));
}

describe("a change of a conversation", () => {
  const told = vi.mocked(toast);

  beforeAll(() => loadLanguage("pt-BR"));
  beforeEach(() => {
    queryClient.clear();
    queryClient.setQueryData<Listing>(["conversations", { pinned: false }], { items: [one, other], next: null });
    queryClient.setQueryData<Listing>(["conversations", { pinned: true }], { items: [], next: null });
    told.mockReset();
  });

  it("is seen before the server has answered, and sent with its tag", async () => {
    const after = { ...one, etag: '"2"', pinned_at: "2026-11-22T10:00:00Z" };
    answers([200, after]);
    const done = pin(one);
    expect(shown({ pinned: true })).toEqual(["conv_1:Fotossíntese"]);
    expect(shown({ pinned: false })).toEqual(["conv_2:Outra"]);
    expect(await done).toBe(true);
    const request = server.fetch.mock.calls[0]?.[0] as Request;
    expect([request.method, request.headers.get("if-match")]).toEqual(["PATCH", '"1"']);
  });

  it("is taken back where the server refuses, and told with a way to try again", async () => {
    answers([503, { code: "database_unavailable" }]);
    expect(await edit(one, { title: "Nova" })).toBe(false);
    expect(shown({ pinned: false })[0]).toBe("conv_1:Fotossíntese");
    expect(told.mock.calls[0]?.[0]).toMatchObject({ kind: "error", action: { label: "Tentar de novo" } });
    expect(told.mock.calls[0]?.[0].text).toContain("O banco de dados não responde");
  });

  it("shows how things are where somebody else was faster", async () => {
    answers([412, { code: "changed_meanwhile" }], [200, { ...one, title: "De outra aba", etag: '"9"' }]);
    await edit(one, { title: "Minha" });
    expect(shown({ pinned: false })[0]).toBe("conv_1:De outra aba");
    expect(told.mock.calls[0]?.[0].text).toContain("alterado em outro lugar");
  });

  it("comes back from the trash by its toast", async () => {
    answers([204, null]);
    await trash(one);
    expect(shown({ pinned: false })).toEqual(["conv_2:Outra"]);
    const action = told.mock.calls[0]?.[0].action;
    expect(action?.label).toBe("Desfazer");
    answers([200, one]);
    action?.run();
    await vi.waitFor(() => expect(shown({ pinned: false })).toEqual(["conv_1:Fotossíntese", "conv_2:Outra"]));
  });

  it("stays where it couldn't be deleted, and is gone where it is gone already", async () => {
    answers([500, {}]);
    expect(await trash(one)).toBe(false);
    expect(shown({ pinned: false })).toHaveLength(2);
    answers([404, { code: "conversation_not_found" }]);
    expect(await trash(one)).toBe(true);
    expect(shown({ pinned: false })).toEqual(["conv_2:Outra"]);
  });

  it("knows a tag in any writing", () => {
    expect(withTag(["Matemática"], " matematica ")).toEqual(["Matemática"]);
    expect(withTag(["a"], "b  c")).toEqual(["a", "b c"]);
    expect(withTag(["a"], "  ")).toEqual(["a"]);
  });
});
