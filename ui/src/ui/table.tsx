import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useSidebar } from "@/app/sidebar-state";
import { useWords } from "@/i18n";
import { Button } from "@/ui/button";
import { ErrorState, SkeletonList } from "@/ui/states";
import { TableCards } from "@/ui/table-cards";
import { type Column, type Order, ordered, type TableProps, useWidthOf } from "@/ui/table-parts";
import { RowMenu, RowTick, Tick } from "@/ui/table-row";

export type { Column, Selection, TableProps } from "@/ui/table-parts";

const CARDS_BELOW = 620;

/** A list of things with the same facts: a table where there is room, cards where there isn't. */
export function DataTable<T>(props: TableProps<T>) {
  const { rows, columns, error, onRetry, empty, more } = props;
  const words = useWords().common;
  const [place, width] = useWidthOf();
  const [order, setOrder] = useState<Order | null>(props.order ?? null);
  const retry = onRetry && { onRetry };

  if (rows === undefined) return error ? <ErrorState error={error} {...retry} /> : <SkeletonList rows={6} />;
  if (rows.length === 0) return <>{empty}</>;
  const sorted = ordered(rows, columns, order);
  const narrow = width !== null && width < (props.cardsBelow ?? CARDS_BELOW);
  return (
    <div ref={place}>
      <Chosen {...props} />
      {narrow ? (
        <TableCards {...props} rows={sorted} />
      ) : (
        <Box boxed={props.boxed === true} label={props.label}>
          <Wide {...props} rows={sorted} width={width} order={order} onOrder={setOrder} />
        </Box>
      )}
      {more !== undefined && (
        <div className="mt-4 flex justify-center">
          <Button busy={more.busy} onClick={more.load}>
            {words.loadMore}
          </Button>
        </div>
      )}
    </div>
  );
}

function Box({ boxed, label, children }: { boxed: boolean; label: string; children: ReactNode }) {
  if (!boxed) return children;
  // Keyboards scroll what they can reach.
  return (
    <div role="region" aria-label={label} tabIndex={0} className="max-h-80 overflow-auto rounded-md">
      {children}
    </div>
  );
}

function Chosen<T>({ selection, chosenActions }: TableProps<T>) {
  const words = useWords().common;
  if (selection === undefined || selection.chosen.size === 0) return null;
  return (
    <div className="sticky top-14 z-10 mb-2 flex flex-wrap items-center gap-2 rounded-xl border border-line bg-raised px-3 py-2 lg:top-2">
      <p role="status" className="mr-auto text-sm font-medium">
        {words.table.chosen(selection.chosen.size)}
      </p>
      <Button kind="quiet" onClick={() => selection.onChange(new Set())}>
        {words.clear}
      </Button>
      {chosenActions}
    </div>
  );
}

interface WideProps<T> extends Omit<TableProps<T>, "rows" | "order"> {
  rows: readonly T[];
  width: number | null;
  order: Order | null;
  onOrder: (order: Order) => void;
}

function Wide<T>({ label, rows, columns, rowKey, rowName, actions, selection, width, order, onOrder, boxed }: WideProps<T>) {
  const words = useWords().common;
  const shown = columns.filter((column) => column.from === undefined || width === null || width >= column.from);
  const keys = rows.map(rowKey);
  // Below the row with the sidebar's button, where there is one.
  const { shown: sidebar } = useSidebar();
  const head = `${HEAD} ${boxed === true ? "top-0" : sidebar ? "top-14 lg:top-0" : "top-14"}`;
  const all = selection !== undefined && keys.every((key) => selection.chosen.has(key));
  return (
    <table className="w-full border-separate border-spacing-0 text-sm">
      <caption className="sr-only">{label}</caption>
      <thead>
        <tr>
          {selection !== undefined && (
            <th scope="col" className={`${head} w-10 pl-1`}>
              <Tick
                label={words.table.chooseAll}
                checked={all}
                onChange={() => selection.onChange(new Set(all ? [] : keys))}
              />
            </th>
          )}
          {shown.map((column) => (
            <Head key={column.key} column={column} order={order} onOrder={onOrder} className={head} />
          ))}
          {actions !== undefined && (
            <th scope="col" className={`${head} w-12`}>
              <span className="sr-only">{words.more}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)} className="group">
            {selection !== undefined && (
              <td className={`${CELL} pl-1`}>
                <RowTick row={row} rowKey={rowKey} rowName={rowName} selection={selection} />
              </td>
            )}
            {shown.map((column) => (
              <Cell key={column.key} column={column} row={row} />
            ))}
            {actions !== undefined && (
              <td className={`${CELL} pr-0 text-right`}>
                <RowMenu items={actions(row)} name={rowName(row)} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const HEAD = "sticky z-[1] border-b border-line bg-ground py-2 px-3 text-left font-medium text-muted whitespace-nowrap";
const CELL = "border-b border-line px-3 py-2.5 align-middle group-hover:bg-hover/50";

interface HeadProps<T> {
  column: Column<T>;
  order: Order | null;
  onOrder: (order: Order) => void;
  className: string;
}

function Head<T>({ column, order, onOrder, className }: HeadProps<T>) {
  const end = column.end === true;
  if (column.sort === undefined)
    return (
      <th scope="col" className={`${className} first:pl-1 ${end ? "text-right" : ""}`}>
        {column.header}
      </th>
    );
  const on = order?.key === column.key;
  const Icon = !on ? ChevronsUpDown : order.down ? ArrowDown : ArrowUp;
  return (
    <th scope="col" aria-sort={!on ? "none" : order.down ? "descending" : "ascending"} className={`${className} first:pl-1 ${end ? "text-right" : ""}`}>
      <button
        type="button"
        onClick={() => onOrder({ key: column.key, down: on ? !order.down : end })}
        className={`inline-flex min-h-6 items-center gap-1 rounded-md hover:text-ink ${on ? "text-ink" : ""}`}
      >
        {column.header}
        <Icon size={14} aria-hidden className={on ? "" : "opacity-60"} />
      </button>
    </th>
  );
}

function Cell<T>({ column, row }: { column: Column<T>; row: T }) {
  const side = column.end === true ? "text-right tabular-nums" : "";
  if (column.title === true)
    return (
      <th scope="row" className={`${CELL} first:pl-1 text-left font-normal ${side}`}>
        {column.cell(row)}
      </th>
    );
  return <td className={`${CELL} first:pl-1 ${side}`}>{column.cell(row)}</td>;
}
