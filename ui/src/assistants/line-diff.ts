// What two texts have differently, line by line.

export interface DiffLine {
  kind: "same" | "added" | "removed";
  text: string;
}

/** A run of lines that are the same, too long to be shown. */
export interface Gap {
  kind: "gap";
  count: number | null;
}

export type DiffRow = DiffLine | Gap;

const MOST_LINES = 600;
const AROUND = 2;

/** The rows of a unified diff as the server tells it. */
export function rowsOf(unified: string): DiffRow[] {
  const rows: DiffRow[] = [];
  let first = true;
  for (const line of unified.split("\n")) {
    if (first && (line.startsWith("--- ") || line.startsWith("+++ "))) continue;
    if (line.startsWith("@@")) {
      const begins = /^@@ -0,0|^@@ -1(,\d+)? /.test(line);
      if (!(rows.length === 0 && begins)) rows.push({ kind: "gap", count: null });
      first = false;
    } else if (line.startsWith("+")) rows.push({ kind: "added", text: line.slice(1) });
    else if (line.startsWith("-")) rows.push({ kind: "removed", text: line.slice(1) });
    else rows.push({ kind: "same", text: line.slice(1) });
  }
  return rows;
}

/** The same of two short texts, by their longest common part; null where they are too long. */
export function compared(before: string, after: string): DiffRow[] | null {
  const old = before.split("\n");
  const now = after.split("\n");
  if (old.length > MOST_LINES || now.length > MOST_LINES) return null;
  return folded(walked(old, now, table(old, now)));
}

/** How many lines from here on can be kept. */
function table(old: readonly string[], now: readonly string[]): Uint16Array[] {
  const made = Array.from({ length: old.length + 1 }, () => new Uint16Array(now.length + 1));
  for (let at = old.length - 1; at >= 0; at -= 1) {
    for (let to = now.length - 1; to >= 0; to -= 1) {
      const row = made[at];
      const below = made[at + 1];
      if (row === undefined || below === undefined) continue;
      row[to] = old[at] === now[to] ? (below[to + 1] ?? 0) + 1 : Math.max(below[to] ?? 0, row[to + 1] ?? 0);
    }
  }
  return made;
}

function walked(old: readonly string[], now: readonly string[], kept: readonly Uint16Array[]): DiffLine[] {
  const lines: DiffLine[] = [];
  let at = 0;
  let to = 0;
  while (at < old.length || to < now.length) {
    const before = old[at];
    const after = now[to];
    if (before !== undefined && before === after) {
      lines.push({ kind: "same", text: before });
      at += 1;
      to += 1;
    } else if (before !== undefined && (after === undefined || (kept[at + 1]?.[to] ?? 0) >= (kept[at]?.[to + 1] ?? 0))) {
      lines.push({ kind: "removed", text: before });
      at += 1;
    } else {
      lines.push({ kind: "added", text: after ?? "" });
      to += 1;
    }
  }
  return lines;
}

/** Only what is near to a change is shown. */
function folded(lines: readonly DiffLine[]): DiffRow[] {
  const near = lines.map((_, index) => lines.slice(Math.max(0, index - AROUND), index + AROUND + 1).some(({ kind }) => kind !== "same"));
  const rows: DiffRow[] = [];
  lines.forEach((line, index) => {
    const last = rows.at(-1);
    if (near[index] === true) rows.push(line);
    else if (last?.kind === "gap") last.count = (last.count ?? 0) + 1;
    else rows.push({ kind: "gap", count: 1 });
  });
  return rows;
}
