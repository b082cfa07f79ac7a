import type { Difference } from "@/assistants/data";
import { compared, type DiffRow, rowsOf } from "@/assistants/line-diff";
import { useStoredNames } from "@/assistants/stored-names";
import { written } from "@/assistants/written";
import { useWords } from "@/i18n/assistants";
import { plain } from "@/md/visible";
import { Shown } from "@/md/shown";

/** What two versions have differently, field by field. */
export function DifferenceView({ difference }: { difference: Difference }) {
  const words = useWords().assistants;
  if (difference.fields.length === 0) return <p className="text-sm text-muted">{words.versions.same}</p>;
  return (
    <div className="flex flex-col gap-5">
      {difference.fields.map(({ field, before, after }) => (
        <section key={field} aria-label={nameOf(field, words.fields)}>
          <h4 className="mb-1.5 text-sm font-medium">{nameOf(field, words.fields)}</h4>
          <FieldDifference field={field} before={before} after={after} unified={difference.instructions} />
        </section>
      ))}
    </div>
  );
}

function nameOf(field: string, names: Record<string, string>): string {
  return Object.hasOwn(names, field) ? (names[field] ?? field) : field;
}

interface FieldProps {
  field: string;
  before: unknown;
  after: unknown;
  /** Of the instructions. */
  unified: string | null;
}

function FieldDifference({ field, before, after, unified }: FieldProps) {
  const words = useWords();
  if (field === "instructions" && unified !== null) return <Lines rows={rowsOf(unified)} />;
  if (field === "vector_store_ids" || field === "file_ids") return <StoredDifference before={ids(before)} after={ids(after)} />;
  const [old, now] = [written(field, before, words), written(field, after, words)];
  if (field !== "instructions" && !old.includes("\n") && !now.includes("\n")) return <BeforeAfter before={old} after={now} />;
  const rows = compared(old, now);
  return rows === null ? <p className="text-sm text-muted">{words.assistants.versions.tooLong}</p> : <Lines rows={rows} />;
}

const ids = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** Files and stores by their names. */
function StoredDifference({ before, after }: { before: readonly string[]; after: readonly string[] }) {
  const named = useStoredNames([...new Set([...before, ...after])]);
  return <BeforeAfter before={before.map(named).join(", ")} after={after.map(named).join(", ")} />;
}

function BeforeAfter({ before, after }: { before: string; after: string }) {
  const words = useWords().assistants.versions;
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 text-sm">
      {(
        [
          [words.before, before],
          [words.after, after],
        ] as const
      ).map(([label, text]) => (
        <div key={label} className="contents">
          <dt className="text-muted">{label}</dt>
          <dd dir="auto" className="min-w-0">
            {text === "" ? <span className="text-muted italic">{words.empty}</span> : plain(text)}
          </dd>
        </div>
      ))}
    </dl>
  );
}

const LOOKS = { same: "text-muted", added: "bg-good-soft text-good", removed: "bg-danger-soft text-danger" };
const SIGNS = { same: " ", added: "+", removed: "−" };

function Lines({ rows }: { rows: readonly DiffRow[] }) {
  const words = useWords().assistants.versions;
  return (
    <div className="overflow-hidden rounded-lg border border-line py-1 font-mono text-[0.8125rem] leading-5">
      {rows.map((row, index) =>
        row.kind === "gap" ? (
          <p key={index} className="px-3 py-0.5 text-center font-sans text-xs text-muted">
            {row.count === null ? "⋯" : words.unchanged(row.count)}
          </p>
        ) : (
          <p key={index} className={`flex gap-2 px-3 whitespace-pre-wrap ${LOOKS[row.kind]}`}>
            <span aria-hidden className="shrink-0 select-none">
              {SIGNS[row.kind]}
            </span>
            {row.kind !== "same" && <span className="sr-only">{row.kind === "added" ? words.added : words.removed} </span>}
            <span dir="auto" className="min-w-0 flex-1">
              <Shown text={row.text} kind="code" />
            </span>
          </p>
        ),
      )}
    </div>
  );
}
