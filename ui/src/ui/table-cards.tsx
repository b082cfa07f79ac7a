import type { TableProps } from "@/ui/table-parts";
import { RowMenu, RowTick } from "@/ui/table-row";

/** The rows of a table as cards, where it has no room. */
export function TableCards<T>({ label, rows, columns, rowKey, rowName, actions, selection }: TableProps<T> & { rows: readonly T[] }) {
  const titles = columns.filter((column) => column.title);
  const facts = columns.filter((column) => !column.title);
  return (
    <ul aria-label={label} className="flex flex-col gap-2.5">
      {rows.map((row) => (
        <li key={rowKey(row)} className="rounded-xl border border-line bg-surface p-4">
          <div className="flex items-start gap-3">
            {selection !== undefined && (
              <div className="pt-1">
                <RowTick row={row} rowKey={rowKey} rowName={rowName} selection={selection} />
              </div>
            )}
            <div className="min-w-0 flex-1">
              {titles.map((column) => (
                <div key={column.key}>{column.cell(row)}</div>
              ))}
            </div>
            {actions !== undefined && <RowMenu items={actions(row)} name={rowName(row)} />}
          </div>
          <dl className="mt-3 flex flex-col gap-1.5 text-sm">
            {facts.map((column) => (
              <div key={column.key} className="flex items-baseline justify-between gap-4">
                <dt className="shrink-0 text-muted">{column.header}</dt>
                <dd className="min-w-0 text-right">{column.cell(row)}</dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  );
}
