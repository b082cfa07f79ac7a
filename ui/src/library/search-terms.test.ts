import { describe, expect, it } from "vitest";
import { pieces, spanOf, termsOf } from "@/library/search-terms";

describe("an excerpt", () => {
  it("is cut at its marks, whatever it reads like", () => {
    expect(pieces({ text: "os <b>relatórios</b> de vendas", marks: [[6, 16], [24, 30]] })).toEqual([
      { text: "os <b>", marked: false },
      { text: "relatórios", marked: true },
      { text: "</b> de ", marked: false },
      { text: "vendas", marked: true },
    ]);
  });

  it("counts characters, not halves of them", () => {
    expect(pieces({ text: "😀😀 olá", marks: [[3, 6]] })).toEqual([
      { text: "😀😀 ", marked: false },
      { text: "olá", marked: true },
    ]);
  });

  it("stands marks that lie beyond it or on each other", () => {
    expect(pieces({ text: "abc", marks: [[1, 9], [2, 3]] })).toEqual([
      { text: "a", marked: false },
      { text: "bc", marked: true },
    ]);
    expect(pieces({ text: "", marks: [[0, 1]] })).toEqual([]);
  });
});

describe("what an address asks for", () => {
  it("is taken where it makes sense", () => {
    expect(termsOf({ q: 2026, role: "user", from: "2026-11-01", to: "yesterday", tag: "", order: "newest", x: "y" })).toEqual({ q: "2026", role: "user", from: "2026-11-01", order: "newest" });
    expect(termsOf({ role: "root", folder: ["x"] })).toEqual({});
    expect(termsOf({ q: "a".repeat(600) }).q).toHaveLength(500);
  });

  it("spans whole days here, the last one too", () => {
    const { from, to } = spanOf({ from: "2026-11-01", to: "2026-11-01" });
    expect(new Date(from ?? "")).toEqual(new Date(2026, 10, 1));
    expect(new Date(to ?? "")).toEqual(new Date(2026, 10, 2));
  });
});
