import type { Schemas } from "@/api";
import { useWords } from "@/i18n/pages";
import { money, number } from "@/i18n/format";

interface UsageTableProps {
  groups: readonly Schemas["GroupOfUsage"][];
  /** The first column's head. */
  head: string;
  label: string;
  name: (group: string | null) => string;
}

/** The numbers beside a chart of usage. */
export function UsageTable({ groups, head, label, name }: UsageTableProps) {
  const words = useWords().account.usage;
  const cell = "px-3 py-2 text-right tabular-nums whitespace-nowrap";
  return (
    <div role="region" aria-label={label} tabIndex={0} className="mt-4 overflow-x-auto rounded-lg border border-line">
      <table className="w-full text-sm">
        <thead className="text-muted">
          <tr className="border-b border-line">
            <th scope="col" className="px-3 py-2 text-left font-medium">
              {head}
            </th>
            {[words.measures.calls, words.sent, words.received, words.measures.cost].map((title) => (
              <th key={title} scope="col" className={`${cell} font-medium`}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <tr key={group.group ?? ""} className="border-b border-line last:border-0">
              <th scope="row" className="min-w-36 px-3 py-2 text-left font-normal">
                {name(group.group)}
              </th>
              <td className={cell}>{number(group.calls)}</td>
              <td className={cell}>{number(group.prompt_tokens)}</td>
              <td className={cell}>{number(group.completion_tokens)}</td>
              <td className={cell}>{group.cost_usd === null ? "–" : money(Number(group.cost_usd))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
