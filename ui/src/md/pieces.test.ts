import { describe, expect, it } from "vitest";
import { csv } from "@/md/csv";
import { labelOf, languageOf } from "@/md/languages";
import { destination, safeAddress, saysWhere } from "@/md/links";
import { isFormula, isMoney } from "@/md/maths-syntax";
import { pieces, plain } from "@/md/visible";

describe("where links may lead", () => {
  it.each(["https://example.com/", "http://example.com/a?b#c", "mailto:ana@example.com"])("lets %s", (address) => {
    expect(safeAddress(address)).toBe(address);
  });

  it.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "java\tscript:alert(1)",
    "\u0001javascript:alert(1)",
    "data:text/html,<script>1</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "blob:https://example.com/1",
    "filesystem:https://example.com/1",
    "ftp://example.com",
    "intent://example.com",
    "irc://example.com",
    "tel:+55",
    "//example.com/x",
    "/api/v1/me",
    "?a=1",
    "#id",
    "",
    "https://",
  ])("doesn't let %j", (address) => {
    expect(safeAddress(address)).toBeNull();
  });

  it("names the host that is really meant", () => {
    expect(destination("https://bank.example@evil.example/x")).toBe("evil.example");
    expect(destination(safeAddress("https://exаmple.com/") ?? "")).toMatch(/^xn--/);
    expect(destination("mailto:ana%40x@example.com")).toBe("ana@x@example.com");
  });

  it("knows when the text says it already", () => {
    expect(saysWhere("https://example.com/abc", "https://example.com/abc")).toBe(true);
    expect(saysWhere("example.com", "https://example.com/abc")).toBe(true);
    expect(saysWhere("here", "https://example.com/")).toBe(false);
    expect(saysWhere("https://bank.example", "https://evil.example/")).toBe(false);
    expect(saysWhere("evil.example.bank.example", "https://evil.example/")).toBe(false);
    expect(saysWhere("https://evil.example https://bank.example", "https://evil.example/")).toBe(false);
  });
});

describe("formulas and money", () => {
  it.each(["5 e R", "5,00 to", "1.000 reais e US"])("%s is money", (text) => expect(isMoney(text)).toBe(true));
  it.each(["x", "5x + 1", "5 \\cdot x", "10^3"])("%s is none", (text) => expect(isMoney(text)).toBe(false));
  it.each(["x", "a, b", "E = mc^2", "\\alpha", "n"])("(%s) is a formula", (text) => expect(isFormula(text)).toBe(true));
  it.each(["nota", "veja abaixo", "", " "])("(%s) is none", (text) => expect(isFormula(text)).toBe(false));
});

describe("CSV", () => {
  it("quotes what has to be", () => {
    expect(csv([["a", 'b "c"', "d,e"], ["1", "x\ny", " z"]])).toBe('a,"b ""c""","d,e"\r\n1,"x\ny"," z"');
  });

  it.each(["=1+1", "+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1", "＠x", "|calc", "=HYPERLINK(\"http://x\")"])("writes %j as text", (text) => {
    expect(csv([[text]]).replace(/^"/, "")).toMatch(/^'/);
  });

  it.each(["-5", "-5,3", "+10 %", "-R$ 5", "-1.234,56", "R$ 5", "3 - 2"])("leaves %j", (text) => {
    expect(csv([[text]]).replaceAll('"', "")).toBe(text);
  });
});

describe("what can't be seen", () => {
  it("is named in code and prose", () => {
    expect(pieces("a\u202Eb")).toEqual(["a", { hidden: "U+202E" }, "b"]);
    expect(pieces("a\u{E0041}\u{E0042}\u{E0043}")).toEqual(["a", { hidden: "U+E0041 ×3" }]);
    expect(pieces("\u001B[31m")).toEqual([{ hidden: "U+001B" }, "[31m"]);
    expect(pieces("if (a\u200B) {}", "code")).toEqual(["if (a", { hidden: "U+200B" }, ") {}"]);
  });

  it("goes without a word where nothing is lost", () => {
    expect(pieces("a\u200Bb\uFEFF")).toEqual(["a", "b"]);
  });

  it.each(["ação, 日本語, עברית, नमस्ते", "👩‍👩‍👧 ❤️ 1️⃣", "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}", "می‌خواهم", "tab\tand\nline"])("leaves %s alone", (text) => {
    expect(pieces(text)).toEqual([text]);
  });

  it("shows hidden selectors in a row", () => {
    expect(pieces("x\uFE0F\uFE0E\uFE0F").some((piece) => typeof piece !== "string")).toBe(true);
  });

  it("is left out of labels", () => {
    expect(plain("foto\u202Egnp.exe\u200B")).toBe("fotognp.exe");
  });
});

describe("languages of code", () => {
  it("are known under the names that models use", () => {
    expect(languageOf("py")).toBe("python");
    expect(languageOf("c++")).toBe("cpp");
    expect(languageOf("TSX title=x")).toBe("typescript");
    expect(languageOf("python{1,3}")).toBe("python");
    expect(languageOf("brainfuck")).toBeNull();
    expect(languageOf("__proto__")).toBeNull();
    expect(languageOf("constructor")).toBeNull();
  });

  it("are written as people write them", () => {
    expect([labelOf("py"), labelOf("js"), labelOf("c++"), labelOf("sql"), labelOf("brainfuck"), labelOf("")]).toEqual(["Python", "JavaScript", "C++", "SQL", "brainfuck", ""]);
    expect(labelOf("x".repeat(500))).toHaveLength(30);
  });
});
