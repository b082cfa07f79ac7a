import { describe, expect, it } from "vitest";
import { cite } from "@/chat/citing";
import { referencesOf } from "@/chat/references";
import type { AnswerPart } from "@/chat/types";

const sign = (number: number): string => `<${number}>`;
const cited = (index: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({ type: "file_citation", file_id: "file-a", filename: "a.md", index, prosa: { start: 0, end: 9 }, ...more });

function text(value: string, ...annotations: unknown[]): AnswerPart {
  return { kind: "text", id: "msg_1:0", text: value, open: false, references: referencesOf(annotations) };
}

const marked = (value: string, ...annotations: unknown[]): string | undefined => cite([text(value, ...annotations)], sign).texts.get("msg_1:0");

describe("marks in a text", () => {
  it("stand behind the words, in the place of the model's own signs, and count characters as the server does", () => {
    expect(marked("um, dois.", cited(2), cited(8, { file_id: "file-b" }))).toBe("um<1>, dois<2>.");
    expect(marked("a🐴b🐴c", cited(2), cited(4, { prosa: null }))).toBe("a🐴<1>b🐴<2>c");
    expect(marked("um 【4:0†source】, dois", cited(3))).toBe("um<1>, dois");
    expect(marked("um【4:0†source】, dois", cited(14))).toBe("um<1>, dois");
    expect(marked("um【4:0†source】", cited(2, { start_index: 2, end_index: 14 }))).toBe("um<1>");
  });

  it("are one for one passage, however often it is cited", () => {
    const made = cite([text("um dois três", cited(2), cited(7), cited(12, { prosa: { start: 50, end: 60 } }))], sign);
    expect(made.texts.get("msg_1:0")).toBe("um<1> dois<1> três<2>");
    expect(made.sources.map(({ number, itemId }) => [number, itemId])).toEqual([
      [1, "msg_1"],
      [2, "msg_1"],
    ]);
    expect(marked("um", cited(2), cited(2))).toBe("um<1>");
  });

  it.each([
    ["```\ncode\n```", 12, "```\ncode\n```\n\n<1>"],
    ["| a | b |\nfim", 9, "| a | b<1> |\nfim"],
    ["um\n\n- dois", 4, "um<1>\n\n- dois"],
    ["$$\nx\n$$", 7, "$$\nx\n$$\n\n<1>"],
    ["um\n\n---\ndois", 7, "um\n\n---\n\n<1>\ndois"],
    ["https://exemplo.br", 18, "https://exemplo.br <1>"],
    ["", 5, "<1>"],
    ["um", 99, "um<1>"],
    ["um", -3, "<1>um"],
  ])("leave the Markdown of %j what it is", (value, index, expected) => {
    expect(marked(value, cited(index))).toBe(expected);
  });

  it("can't be forged by a text, and a text without any is left alone", () => {
    const made = cite([text("⧼\uFDD01\uFDD1⧽ um", cited(8))]);
    expect(made.texts.get("msg_1:0")).toBe("⧼1⧽ um⧼\uFDD01\uFDD1⧽");
    expect(cite([{ kind: "text", id: "t", text: "【1:0†source】", open: false }]).texts.size).toBe(0);
  });

  it("take nothing that isn't what it should be", () => {
    expect(referencesOf([null, 1, "x", {}, { type: "url_citation", url: "https://exemplo.br" }, { type: "file_citation", file_id: 5 }])).toEqual([]);
    expect(referencesOf("x")).toEqual([]);
  });
});

describe("files that code left", () => {
  it("are named once, with the address that the text calls them by; pictures are apart", () => {
    const link = "sandbox:/mnt/data/soma.csv";
    const file = { type: "container_file_citation", container_id: "c", file_id: "file-1", filename: "soma.csv" };
    const value = `[a](${link}) e [b](${link})`;
    const at = value.indexOf(link);
    const again = value.lastIndexOf(link);
    const picture = { ...file, file_id: "file-2", filename: "picture.png", start_index: 0, end_index: 0 };
    const { files, sources } = cite([text(value, { ...file, start_index: at, end_index: at + link.length }, { ...file, start_index: again, end_index: again + link.length }, picture)]);
    expect(sources).toEqual([]);
    expect(files).toEqual([
      { fileId: "file-1", filename: "soma.csv", picture: false, address: link },
      { fileId: "file-2", filename: "picture.png", picture: true, address: null },
    ]);
  });
});
