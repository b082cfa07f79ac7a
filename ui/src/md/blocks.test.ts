import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Block, Splitter } from "@/md/blocks";

const RICH = `# Título

Um parágrafo com [referência][casa] e $x_1$.

- um
- dois

  com mais

1. a
   \`\`\`py
   print(1)
   \`\`\`

| a | b |
|---|--:|
| 1 | 2 |

$$
E = mc^2

+ 1

+ 2

= 3

## 4
$$

\\[
a = b
\\]

\`\`\`sql
SELECT 1;

SELECT 2;
\`\`\`

Setext
===

> citado
continuação

    recuado

<details>
<summary>x</summary>
texto

</details>

~~~
sem fim

[casa]: https://example.com "Casa"
`;

const split = (text: string, open = false): Block[] => new Splitter().split(text, open);

describe("splitting an answer", () => {
  it("gives each kind of block its own", () => {
    const kinds = split(RICH).map((block) => block.kind);
    expect(kinds.filter((kind) => kind === "maths")).toHaveLength(2);
    expect(kinds.filter((kind) => kind === "code")).toHaveLength(2);
    expect(split("```js\nlet a;\n```")).toEqual([{ kind: "code", language: "js", text: "let a;" }]);
  });

  it("is the same wherever the text was cut on its way", () => {
    const whole = split(RICH);
    const byCharacter = new Splitter();
    for (let at = 0; at < RICH.length; at += 1) byCharacter.split(RICH.slice(0, at), true);
    expect(byCharacter.split(RICH, false)).toEqual(whole);
    for (let at = 0; at <= RICH.length; at += 1) {
      const splitter = new Splitter();
      splitter.split(RICH.slice(0, at), true);
      expect(splitter.split(RICH, false)).toEqual(whole);
    }
  });

  it("reads every beginning as if it were read for the first time", () => {
    const growing = new Splitter();
    for (let at = 0; at <= RICH.length; at += 1) {
      const text = RICH.slice(0, at);
      expect(growing.split(text, true)).toEqual(split(text, true));
    }
  });

  it("begins anew when the text is another one", () => {
    const splitter = new Splitter();
    splitter.split("# a\n\nb\n\nc\n\nd", true);
    expect(splitter.split("# z\n\nb", true)).toEqual(split("# z\n\nb", true));
  });

  it("hands the addresses of references to the blocks that name them", () => {
    const [first, second] = split("see [a]\n\nnothing\n\n[a]: https://example.com\n[b]: https://example.org\n");
    expect(first).toEqual({ kind: "markdown", text: "see [a]", definitions: "[a]: https://example.com" });
    expect(second).toMatchObject({ definitions: "" });
  });

  it("keeps an answer with footnotes in one piece once it has ended", () => {
    const text = "a[^1]\n\nb\n\n[^1]: note";
    expect(split(text)).toEqual([{ kind: "markdown", text, definitions: "" }]);
    expect(split(text, true).length).toBeGreaterThan(1);
  });

  it("treats line ends of all systems alike", () => {
    expect(split("a\r\n\r\n```js\r\nx\r\n```\r\n")).toEqual(split("a\n\n```js\nx\n```\n"));
  });

  it.each([
    ["quotes", ">".repeat(50_000)],
    ["lists", "- ".repeat(20_000)],
    ["brackets", "[".repeat(50_000)],
    ["emphasis", "*a_ ".repeat(20_000)],
    ["formulas that never end", "\\[\n".repeat(20_000)],
    ["dollars that never end", "$$\n".repeat(20_000)],
    ["paragraphs", "word\n\n".repeat(20_000)],
    ["tables", "|a".repeat(20_000)],
    ["references", "[a]: b\n".repeat(5_000)],
  ])("isn't held up by thousands of %s", (_, text) => {
    const began = performance.now();
    split(text);
    expect(performance.now() - began).toBeLessThan(3_000);
  });
});

/** The contrast of two colours as WCAG reckons it. */
function contrast(one: string, other: string): number {
  const light = (colour: string): number => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [dark = 0, bright = 0] = [light(one), light(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
}

describe("the colours of code", () => {
  const css = readFileSync("src/md/md.css", "utf8");
  const theme = readFileSync("src/ui/theme.css", "utf8");
  const grounds = [...theme.matchAll(/--sunken: (#[0-9a-f]{6})/g)].map((match) => match[1] ?? "");

  it.each([
    ["light", css.slice(css.indexOf(".md-code {\n  --code"), css.indexOf('[data-theme="dark"] .md-code')), 0],
    ["dark", css.slice(css.indexOf('[data-theme="dark"] .md-code')), 1],
  ])("can be read in the %s theme", (_, rules, at) => {
    const colours = [...rules.matchAll(/--code-\w+: (#[0-9a-f]{6})/g)].map((match) => match[1] ?? "");
    expect(colours).toHaveLength(8);
    for (const colour of colours) expect(contrast(colour, grounds[at] ?? ""), colour).toBeGreaterThanOrEqual(4.5);
  });
});
