import { describe, expect, it } from "vitest";
import { matching, triggerAt } from "@/chat/mention/trigger";
import { filled, variablesIn } from "@/chat/mention/variables";

const at = (text: string): unknown => {
  const found = triggerAt(text, text.length);
  return found === null ? null : [found.sign, found.query, found.from];
};

describe("a sign", () => {
  it.each([
    ["@", ["@", "", 0]],
    ["veja @con", ["@", "con", 5]],
    ["(#ata de ju", ["#", "ata de ju", 1]],
    ["linha\n/res", ["/", "res", 6]],
    ["/", ["/", "", 0]],
  ])("begins in %j", (text, expected) => {
    expect(at(text)).toEqual(expected);
  });

  it.each(["ana@exemplo.br", "# Título", "a # b", "e/ou", "10 / 2", "veja /res", "@a\nb", "//", "https://exemplo.br/#a", "@um dois três quatro cinco", "x".repeat(40) + "@a"])("doesn't in %j", (text) => {
    expect(at(text)).toBeNull();
  });

  it("holds up to the cursor alone", () => {
    expect(triggerAt("@contratos", 4)).toEqual({ sign: "@", query: "con", from: 0, to: 4 });
  });
});

describe("what is offered", () => {
  it("is found without accents and case, what begins so first", () => {
    expect(matching(["Minha ata", "Ata de reunião", "Outra"], "ÁTA", (each) => each)).toEqual(["Ata de reunião", "Minha ata"]);
    expect(matching(["Ata de reunião", "Ata"], "reu ata", (each) => each)).toEqual(["Ata de reunião"]);
  });
});

describe("variables", () => {
  it("are found as the server finds them, and filled in once", () => {
    const text = "{{ nome }} e {{nome}}, {{dia da semana}}, {{1}}, {{}}, {{a{{b}}";
    expect(variablesIn(text)).toEqual(["nome", "dia da semana", "b"]);
    expect(filled("{{a}} {{ b }} {{c}}", new Map([["a", "{{b}}"], ["b", "$&"]]))).toBe("{{b}} $& {{c}}");
  });
});
