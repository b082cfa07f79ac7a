import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { cause, duration, markdownOf, TurnView } from "@/chat/message";
import { laidOut } from "@/chat/message/laid-out";
import type { AnswerPart, AnswerTurn, TurnActions, UserTurn } from "@/chat/types";
import { loadLanguage, words } from "@/i18n";

beforeAll(async () => {
  await loadLanguage("pt-BR");
});
afterEach(cleanup);

function asked(more: Partial<UserTurn> = {}): UserTurn {
  return { role: "user", id: "q1", key: "q1", parentId: null, versions: ["q1"], createdAt: "2026-11-22T12:00:00Z", text: "olá", attachments: [], sending: false, ...more };
}

function answered(parts: AnswerPart[], more: Partial<AnswerTurn> = {}): AnswerTurn {
  return {
    role: "answer",
    id: "a1",
    key: "a1",
    parentId: "q1",
    versions: ["a1"],
    createdAt: "2026-11-22T12:00:01Z",
    runId: "run",
    state: "completed",
    parts,
    model: "mock",
    usage: null,
    error: null,
    lastItemId: "a1",
    feedback: null,
    ...more,
  };
}

const text = (value: string): AnswerPart => ({ kind: "text", id: "t", text: value, open: false });
const show = (turn: UserTurn | AnswerTurn, actions: TurnActions = {}): HTMLElement => render(<TurnView turn={turn} actions={actions} last />).container;

describe("a question", () => {
  it("keeps its text as written, HTML and Markdown included", () => {
    expect(show(asked({ text: "**a**  <b>c</b>\n\td" })).textContent).toContain("**a**  <b>c</b>\n\td");
  });

  it("is edited in its place, with its files", async () => {
    const edit = vi.fn(async () => undefined);
    const turn = asked({ attachments: [{ id: "file-1", name: "notas.pdf", type: "application/pdf", size: 5, state: "ready" }] });
    show(turn, { edit });
    fireEvent.click(screen.getByRole("button", { name: "Editar mensagem" }));
    const field = await screen.findByRole("textbox", { name: "Texto da mensagem" });
    expect(document.activeElement).toBe(field);
    expect(screen.getByText("notas.pdf")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Salvar" })).toHaveProperty("disabled", true);
    fireEvent.change(field, { target: { value: "olá!" } });
    fireEvent.click(screen.getByRole("button", { name: "Salvar" }));
    expect(edit).toHaveBeenCalledWith(turn, "olá!", "save");
    await vi.waitFor(() => expect(screen.queryByRole("textbox")).toBeNull());
    fireEvent.click(screen.getByRole("button", { name: "Editar mensagem" }));
    fireEvent.keyDown(screen.getByRole("textbox"), { key: "Enter", ctrlKey: true });
    expect(edit).toHaveBeenLastCalledWith(turn, "olá", "ask");
  });

  it("shows in its editor what it was asked with, to be taken away", async () => {
    const edit = vi.fn(async () => undefined);
    const turn = asked();
    show(turn, { edit, wished: async () => ({ assistant: null, stores: [{ id: "vs_1", name: "Leis" }] }) });
    fireEvent.click(screen.getByRole("button", { name: "Editar mensagem" }));
    const chip = within(await screen.findByRole("list", { name: words().chat.composer.wishes }, { timeout: 8_000 }));
    fireEvent.click(chip.getByRole("button", { name: words().chat.composer.removeFile("Leis") }));
    fireEvent.click(screen.getByRole("button", { name: "Atualizar e refazer" }));
    expect(edit).toHaveBeenLastCalledWith(turn, "olá", "ask", { assistant: null, stores: [] });
  });

  it("keeps what was typed when the edit is refused", async () => {
    show(asked(), { edit: () => Promise.reject(new Error("no")) });
    fireEvent.click(screen.getByRole("button", { name: "Editar mensagem" }));
    fireEvent.change(await screen.findByRole("textbox"), { target: { value: "outra" } });
    fireEvent.click(screen.getByRole("button", { name: "Atualizar e refazer" }));
    expect((await screen.findByRole("alert")).textContent).toBe(words().errors.unknown);
    expect(screen.getByRole("textbox")).toHaveProperty("value", "outra");
    fireEvent.keyDown(screen.getByRole("textbox"), { key: "Escape" });
    expect(screen.queryByRole("textbox")).toBeNull();
  });

  it("shows pictures of its own origin only", () => {
    const file = { id: "f", name: "a\u202Egnp.exe", type: "image/png", size: 1, state: "ready" as const };
    expect(show(asked({ attachments: [{ ...file, preview: "https://example.com/x.png" }] })).querySelector("img")).toBeNull();
    cleanup();
    expect(show(asked({ attachments: [{ ...file, preview: "//example.com/x.png" }] })).querySelector("img")).toBeNull();
    cleanup();
    expect(show(asked({ attachments: [{ ...file, preview: "/api/v1/files/f/content" }] })).querySelector("img")?.alt).toBe("agnp.exe");
  });
});

describe("an answer", () => {
  it("offers only what can be done", () => {
    show(answered([text("oi")]));
    expect(screen.getAllByRole("button").map((button) => button.getAttribute("aria-label"))).toEqual(["Copiar resposta em Markdown"]);
  });

  it("is busy while it is under way, and has no actions then", () => {
    const page = show(answered([{ ...text("oi"), open: true } as AnswerPart], { state: "running" }), { regenerate: vi.fn() });
    expect(page.querySelector("article")?.getAttribute("aria-busy")).toBe("true");
    expect(screen.queryAllByRole("button")).toEqual([]);
    expect(page.querySelector("[aria-live], [role=status], [role=alert]")).toBeNull();
  });

  it("folds what was thought, with its time", () => {
    show(answered([{ kind: "reasoning", id: "r", text: "hmm", open: false, began: 1_000, ended: 13_000 }]));
    expect(screen.queryByText("hmm")).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: /Pensou por 12 s/ }));
    expect(screen.getByText("hmm")).toBeTruthy();
  });

  it("shows a tool's step in a line that opens", async () => {
    show(answered([{ kind: "tool", id: "k", name: "get_time", input: '{"city":"Recife"}', output: "<b>12h</b>", state: "failed", open: false }]));
    fireEvent.click(await screen.findByRole("button", { name: /get_time/ }));
    expect(screen.getByText("Entrada")).toBeTruthy();
    expect(screen.getByText("<b>12h</b>")).toBeTruthy();
  });

  it("goes on after a stop, and tries again after a failure", () => {
    const proceed = vi.fn();
    const regenerate = vi.fn();
    show(answered([text("começo")], { state: "cancelled" }), { proceed });
    fireEvent.click(screen.getByRole("button", { name: "Continuar" }));
    expect(proceed).toHaveBeenCalledOnce();
    cleanup();
    show(answered([], { state: "failed", error: { code: "provider_quota", message: "x" } }), { regenerate });
    expect(screen.getByRole("alert").textContent).toContain("sem crédito");
    fireEvent.click(within(screen.getByRole("alert")).getByRole("button"));
    expect(regenerate).toHaveBeenCalledOnce();
  });

  it("says why it failed in the server's words where ours are missing", () => {
    expect(cause({ code: "__proto__", message: "The moon is full." }, words())).toBe("The moon is full.");
    expect(cause({ code: "upstream_timeout", message: "x" }, words())).toBe(words().message.failures.upstream_timeout);
  });

  it("steps through its versions", () => {
    const choose = vi.fn();
    const turn = answered([text("b")], { id: "a2", versions: ["a1", "a2", "a3"] });
    show(turn, { choose });
    expect(screen.getByRole("img", { name: "Versão 2 de 3" }).textContent).toBe("2/3");
    fireEvent.click(screen.getByRole("button", { name: "Próxima versão" }));
    expect(choose).toHaveBeenCalledWith(turn, "a3");
  });

  it("takes a thumb at once and a reason when it is sent", async () => {
    const rate = vi.fn();
    const turn = answered([text("b")]);
    show(turn, { rate });
    fireEvent.click(screen.getByRole("button", { name: "Resposta ruim" }));
    expect(rate).toHaveBeenCalledWith(turn, "down");
    fireEvent.change(await screen.findByRole("textbox"), { target: { value: " errada " } });
    fireEvent.click(screen.getByRole("button", { name: "Enviar" }));
    expect(rate).toHaveBeenLastCalledWith(turn, "down", "errada");
  });

  it("takes a thumb back", () => {
    const rate = vi.fn();
    const turn = answered([text("b")], { feedback: "up" });
    show(turn, { rate });
    const thumb = screen.getByRole("button", { name: "Boa resposta" });
    expect(thumb.getAttribute("aria-pressed")).toBe("true");
    fireEvent.click(thumb);
    expect(rate).toHaveBeenCalledWith(turn, null);
  });

  it("draws tools and thoughts from events alone, never from text", () => {
    const fake = '<think>x</think>\n\n<details type="reasoning"><summary>Pensou por 9 s</summary>y</details>\n\n<tool_call>{"name":"rm"}</tool_call>\n\n【1†fonte】';
    const page = show(answered([text(fake)]));
    expect(screen.queryAllByRole("button")).toHaveLength(1);
    expect(page.querySelector("details, summary, think")).toBeNull();
    expect(page.textContent).toContain('<tool_call>{"name":"rm"}</tool_call>');
  });
});

describe("small things", () => {
  it("tell times, texts and JSON", () => {
    expect([duration(400), duration(12_000), duration(125_000)]).toEqual(["", "12 s", "2 min 5 s"]);
    expect(markdownOf(answered([text("a"), { kind: "reasoning", id: "r", text: "no", open: false }, { kind: "refusal", id: "f", text: "b", open: false }]))).toBe("a\n\nb");
    expect(laidOut('{"a":1}')).toEqual({ text: '{\n  "a": 1\n}', info: "json" });
    expect(laidOut("<b>").info).toBe("");
    expect(laidOut("12").info).toBe("");
  });
});
