import { pieces } from "@/library/search-terms";

/** An excerpt as the search gives it. */
export interface Found {
  text: string;
  /** Beginnings and ends, in characters. */
  marks: readonly (readonly number[])[];
  start: number;
}

/** What was said around the words that were looked for: text and marks, whatever it reads like. */
export function Excerpt({ excerpt }: { excerpt: Found }) {
  return (
    <>
      {excerpt.start > 0 && "… "}
      {pieces(excerpt).map((piece, at) =>
        piece.marked ? (
          <mark key={at} className="rounded bg-accent-soft px-0.5 font-medium text-ink">
            {piece.text}
          </mark>
        ) : (
          piece.text
        ),
      )}
    </>
  );
}
