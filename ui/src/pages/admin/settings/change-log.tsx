import { History } from "lucide-react";
import { useState } from "react";
import { useAdminWords } from "@/i18n/admin";
import { ago, dateTime } from "@/i18n/format";
import { usePages } from "@/pages/admin/lists";
import { type Change, CHANGES, listChanges } from "@/pages/admin/settings/data";
import { changedFields, sentence } from "@/pages/admin/settings/changes";
import { Button, EmptyState, ErrorState, Select, SkeletonList } from "@/ui";

type Kind = Change["kind"] | "all";

/** Who changed what, newest first. */
export function ChangeLog() {
  const words = useAdminWords().settings.log;
  const [kind, setKind] = useState<Kind>("all");
  const list = usePages<Change>([...CHANGES, kind], (cursor) => listChanges(kind, cursor));
  return (
    <section className="mt-14" aria-labelledby="change-log">
      <header className="mb-4 flex flex-wrap items-end justify-between gap-3">
        <div>
          <h3 id="change-log" className="font-semibold">
            {words.title}
          </h3>
          <p className="mt-0.5 text-sm text-muted">{words.text}</p>
        </div>
        <div className="w-60">
          <Select aria-label={words.kind} value={kind} onChange={(event) => setKind(event.target.value as Kind)}>
            {(["all", "provider", "model", "setting"] as const).map((each) => (
              <option key={each} value={each}>
                {words.kinds[each]}
              </option>
            ))}
          </Select>
        </div>
      </header>
      {list.rows === undefined && (list.error ? <ErrorState error={list.error} onRetry={list.retry} /> : <SkeletonList rows={3} />)}
      {list.rows?.length === 0 && (
        <EmptyState icon={<History aria-hidden />} title={words.none}>
          {words.noneText}
        </EmptyState>
      )}
      {list.rows !== undefined && list.rows.length > 0 && <ChangeList changes={list.rows} />}
      {list.more !== undefined && <More busy={list.more.busy} onMore={list.more.load} />}
    </section>
  );
}

function More({ busy, onMore }: { busy: boolean; onMore: () => void }) {
  const words = useAdminWords().models.catalogue;
  return (
    <div className="mt-4 flex justify-center">
      <Button busy={busy} onClick={onMore}>
        {words.more}
      </Button>
    </div>
  );
}

export function ChangeList({ changes }: { changes: readonly Change[] }) {
  const words = useAdminWords().settings;
  return (
    <ol aria-label={words.log.list} className="divide-y divide-line rounded-xl border border-line bg-surface">
      {changes.map((change) => {
        const fields = changedFields(change, words);
        return (
          <li key={change.number} className="flex items-baseline justify-between gap-x-6 px-4 py-3 text-sm max-sm:flex-col sm:px-5">
            <div className="min-w-0">
              <p>
                <span className="font-medium">{change.by_name ?? words.log.operator}</span> {sentence(change, words)}
              </p>
              {fields.length > 0 && <p className="text-muted">{fields.join("; ")}</p>}
            </div>
            <time dateTime={change.at} title={dateTime(change.at)} className="shrink-0 text-muted">
              {ago(change.at)}
            </time>
          </li>
        );
      })}
    </ol>
  );
}
