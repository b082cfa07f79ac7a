import { plain } from "@/md";

const MOST = 600;

/** The beginning of a passage without the signs of Markdown: some lines in a list, not the document. */
export function snippet(text: string): string {
  const lines = plain(text.slice(0, 2 * MOST))
    .split("\n")
    .filter((line) => !/^\s*(?:`{3,}|~{3,}|\|(?: ?:?-+:? ?\|)+\s*$)/.test(line))
    .map((line) =>
      line
        .replace(/^\s{0,3}(?:#{1,6}|>|[-*+])\s+/, "")
        .replace(/^\|\s*|\s*\|\s*$/g, "")
        .replaceAll(/\s*\|\s*/g, " · ")
        .replaceAll(/\*\*|`/g, "")
        .trim(),
    )
    .filter(Boolean);
  return lines.join("\n").slice(0, MOST);
}
