import { cleanup, render } from "@testing-library/react";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { loadLanguage } from "@/i18n";
import { Markdown } from "@/md";

beforeAll(async () => {
  await loadLanguage("pt-BR");
});
afterEach(cleanup);

function drawn(text: string, open = false): HTMLElement {
  return render(<Markdown text={text} open={open} />).container;
}

/** The document without the ids, which are the component's own. */
function shape(element: HTMLElement): string {
  return element.innerHTML.replaceAll(/ (?:id|href|aria-describedby)="#?[^"]*(?:fn|footnote)[^"]*"/g, "").replaceAll(/id="[^"]*"/g, "");
}

describe("an answer's text", () => {
  it("leaves HTML the text it is", () => {
    const text = 'a <b>c</b> <img src=x onerror="x()">\n\n<script>x()</script>\n\n<details><summary>s</summary>t</details>';
    const page = drawn(text);
    expect(page.querySelector("b, img, script, details, summary")).toBeNull();
    expect(page.textContent).toContain('<img src=x onerror="x()">');
    expect(page.textContent).toContain("<script>x()</script>");
    expect(page.textContent).toContain("<details><summary>s</summary>t</details>");
  });

  it("reads the characters that have names", () => {
    expect(drawn("a&ccedil;&atilde;o &amp; &lt;b&gt; &Omega;&omega;&sigma; &rarr; &nadaDisso; &#9731;").textContent).toBe("ação & <b> Ωωσ → &nadaDisso; ☃");
  });

  it("breaks lines in cells, and nothing else by HTML", () => {
    const page = drawn("| a |\n|---|\n| b<br>c<BR/>d<br onclick=x> |\n\nx<br>y");
    expect(page.querySelectorAll("td br")).toHaveLength(2);
    expect(page.textContent).toContain("<br onclick=x>");
    expect(page.textContent).toContain("x<br>y");
  });

  it("says where links lead, and tells nothing of itself", () => {
    const link = drawn("[clique](https://example.com/a?b)").querySelector("a");
    expect(link?.rel).toBe("noopener noreferrer nofollow");
    expect(link?.target).toBe("_blank");
    expect(link?.textContent).toContain("example.com");
    expect(drawn("[x](javascript:alert(1)) [y](data:text/html,1) [z](/api/v1/me)").querySelector("a")).toBeNull();
    expect(drawn("[x][r]\n\n[r]: https://example.org/").querySelector("a")?.href).toBe("https://example.org/");
  });

  it("never loads a picture", () => {
    const page = drawn("![gráfico](https://example.com/x.png) ![d](data:image/png;base64,AA==) ![r][r]\n\n[r]: https://example.com/y.png");
    expect(page.querySelector("img, picture, source")).toBeNull();
    expect([...page.querySelectorAll("a")].map((link) => link.href)).toEqual(["https://example.com/x.png", "https://example.com/y.png"]);
    expect(page.textContent).toContain("gráfico");
  });

  it("knows formulas from money", () => {
    const formulas = (text: string): (string | null)[] => [...drawn(text).querySelectorAll(".md-maths")].map((node) => node.textContent);
    expect(formulas("custa R$ 5 e R$ 10, ou US$5 e US$10, $5 e US$ 7, $5 ou $10.")).toEqual([]);
    expect(formulas("seja $x_1$ e \\(y = 2\\), ou $n$-ésimo")).toEqual(["x_1", "y = 2", "n"]);
    expect(formulas("`$a$` e \\$b\\$ e \\(nota\\) e \\[1, ver abaixo\\]")).toEqual([]);
    expect(formulas("$$\na\n$$")).toEqual(["a"]);
    expect(formulas("- item\n\n  $$\n  b\n  $$\n- \\[ c = 1 \\]")).toEqual(["b", "c = 1"]);
    expect(formulas("texto \\[ E = mc^2 \\] texto")).toEqual(["E = mc^2"]);
    expect(formulas("```\n$x$\n```")).toEqual([]);
  });

  it("ticks tasks without a control", () => {
    const page = drawn("- [x] a\n- [ ] b");
    expect(page.querySelector("input")).toBeNull();
    expect([...page.querySelectorAll("[role=img]")].map((each) => each.getAttribute("aria-label"))).toEqual(["Feito", "A fazer"]);
  });

  it("draws footnotes within the answer", () => {
    const page = drawn("a[^1]\n\nb\n\n[^1]: nota");
    const reference = page.querySelector("sup a");
    expect(page.ownerDocument.getElementById(decodeURIComponent(reference?.getAttribute("href")?.slice(1) ?? ""))?.textContent).toContain("nota");
    expect(reference?.getAttribute("target")).toBeNull();
  });

  it("shows what can't be seen", () => {
    const page = drawn("a\u202Eb `c\u202Ed`\n\n```js\nx\u2066y\n```");
    expect([...page.querySelectorAll(".md-hidden")].map((each) => each.textContent)).toEqual(["U+202E", "U+202E", "U+2066"]);
    expect(page.textContent).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
  });

  it("sets headings lower than the page's own", () => {
    const page = drawn("# a\n\n## b\n\n###### c");
    expect(page.querySelector("h1, h2")).toBeNull();
    expect([...page.querySelectorAll("h3, h4, h6")].map((each) => each.textContent)).toEqual(["a", "b", "c"]);
  });

  it("is the same however it was cut on its way", () => {
    const text = "# T\n\np **f** `c` <b>x</b> $x_1$\n\n- a\n- [ ] b\n\n```js\nlet a;\n```\n\n| a | b |\n|--|--|\n| 1<br>2 | [l](https://e.example) |\n\n\\[\nx\n\\]\n\n> q\n\n![i](https://e.example/i.png)\n";
    const whole = shape(drawn(text));
    cleanup();
    const { container, rerender } = render(<Markdown text="" open />);
    for (let at = 1; at <= text.length; at += 1) rerender(<Markdown text={text.slice(0, at)} open />);
    rerender(<Markdown text={text} />);
    expect(shape(container)).toBe(whole);
  });

  it.each([
    ["quotes", ">".repeat(50_000)],
    ["brackets", "[".repeat(10_000)],
    ["links", "[a](".repeat(4_100)],
    ["emphasis", "*a_ ".repeat(4_100)],
    ["strikes", "~~a".repeat(4_100)],
    ["dollars", "$a ".repeat(5_000)],
    ["formulas", "\\(a ".repeat(4_100)],
    ["code", "`a``b".repeat(3_000)],
    ["nested lists", Array.from({ length: 100 }, (_, depth) => `${" ".repeat(depth * 2)}- a`).join("\n")],
    ["autolinks", "www.a.b ".repeat(1_000)],
    ["entities", "&amp;".repeat(4_100)],
  ])("isn't held up by thousands of %s", (_, text) => {
    const began = performance.now();
    expect(drawn(text).textContent).not.toBe("");
    expect(performance.now() - began).toBeLessThan(4_000);
  });
});
