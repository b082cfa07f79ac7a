import { useQuery } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { isApiError } from "@/api";
import { queryClient } from "@/app/query";
import { toast } from "@/app/toast";
import { type Assistant, differenceQuery, getAssistant, keepAssistant, listVersions, restoreVersion, type VersionLine, versionsKey } from "@/assistants/data";
import { DifferenceView } from "@/assistants/difference-view";
import { tell } from "@/assistants/tell";
import { useWords } from "@/i18n/assistants";
import { ago, dateTime } from "@/i18n/format";
import { plain } from "@/md/visible";
import { usePages } from "@/pages/admin/lists";
import { Badge, Button, Confirm, Dialog, ErrorState, SkeletonList } from "@/ui";

interface VersionsDialogProps {
  assistant: Assistant;
  /** Something on the screen isn't saved. */
  dirty: boolean;
  onRestored: (now: Assistant) => void;
  onClose: () => void;
}

/** Every version of an assistant: whose it is, what it changed, and the way back to it. */
export function VersionsDialog({ assistant, dirty, onRestored, onClose }: VersionsDialogProps) {
  const words = useWords();
  const said = words.assistants.versions;
  const list = usePages<VersionLine>([...versionsKey(assistant.id), assistant.version], (cursor) => listVersions(assistant.id, cursor));
  const [chosen, setChosen] = useState<number | null>(null);
  const shown = list.rows?.find(({ number }) => number === chosen) ?? list.rows?.[0];
  const name = plain(assistant.name ?? "") || words.assistants.unnamed;
  return (
    <Dialog open onClose={onClose} wide title={said.title(name)} description={said.text}>
      {list.rows === undefined ? (
        list.error ? (
          <ErrorState error={list.error} onRetry={list.retry} />
        ) : (
          <SkeletonList rows={4} />
        )
      ) : (
        <div className="grid gap-6 sm:grid-cols-[13rem_minmax(0,1fr)]">
          <div className="max-sm:max-h-52 max-sm:overflow-y-auto">
            <ul aria-label={said.list} className="flex flex-col gap-0.5">
              {list.rows.map((line) => (
                <Line key={line.number} line={line} current={line.number === assistant.version} shown={line === shown} onShow={() => setChosen(line.number)} />
              ))}
            </ul>
            {list.more !== undefined && (
              <Button kind="quiet" className="mt-2" busy={list.more.busy} onClick={list.more.load}>
                {words.common.loadMore}
              </Button>
            )}
          </div>
          {shown !== undefined && <Shown key={shown.number} assistant={assistant} line={shown} last={list.rows.at(-1) === shown && list.more === undefined} dirty={dirty} onRestored={onRestored} onConflict={list.retry} />}
        </div>
      )}
    </Dialog>
  );
}

function Line({ line, current, shown, onShow }: { line: VersionLine; current: boolean; shown: boolean; onShow: () => void }) {
  const words = useWords().assistants.versions;
  return (
    <li>
      <button type="button" aria-current={shown || undefined} onClick={onShow} className="w-full rounded-lg px-2.5 py-2 text-left text-sm hover:bg-hover aria-[current]:bg-selected">
        <span className="flex items-center gap-2 font-medium">
          {words.number(line.number)}
          {current && <Badge tone="accent">{words.current}</Badge>}
        </span>
        <span className="block text-muted" title={dateTime(line.created_at)}>
          {ago(line.created_at)}
          {line.author !== null && `, ${words.by(plain(line.author))}`}
        </span>
      </button>
    </li>
  );
}

interface ShownProps {
  assistant: Assistant;
  line: VersionLine;
  /** The oldest that is kept. */
  last: boolean;
  dirty: boolean;
  onRestored: (now: Assistant) => void;
  onConflict: () => void;
}

function Shown({ assistant, line, last, dirty, onRestored, onConflict }: ShownProps) {
  const words = useWords();
  const said = words.assistants.versions;
  const current = line.number === assistant.version;
  const [toNow, setToNow] = useState(false);
  const [asking, setAsking] = useState(false);
  const compares = toNow && !current;
  const { data, error, refetch } = useQuery(compares ? differenceQuery(assistant.id, assistant.version, line.number) : differenceQuery(assistant.id, line.number, null));

  async function restore(): Promise<void> {
    try {
      onRestored(await restoreVersion(assistant.id, line.number, assistant.etag));
    } catch (failure) {
      if (isApiError(failure) && failure.status === 412) {
        keepAssistant(await getAssistant(assistant.id));
        onConflict();
      }
      throw failure;
    }
    void queryClient.invalidateQueries({ queryKey: versionsKey(assistant.id) });
    toast({ text: said.restoring.done(line.number) });
  }

  return (
    <section aria-label={said.number(line.number)} className="min-w-0">
      <header className="mb-4">
        <h3 className="font-medium">{compares ? said.differsNow(line.number, assistant.version) : data === undefined || data.since === line.number ? said.number(line.number) : said.differs(data.since)}</h3>
        <p className="text-sm text-muted">
          {dateTime(line.created_at)}, {line.author === null ? said.byNobody : said.by(plain(line.author))}
          {line.restores !== null && ` · ${said.restores(line.restores)}`}
        </p>
        {!current && (
          <div className="mt-3 flex flex-wrap gap-2">
            <Button onClick={() => setToNow(!toNow)}>{toNow ? said.toBefore : said.toNow}</Button>
            <Button icon={<RotateCcw size={15} aria-hidden />} onClick={() => setAsking(true)}>
              {said.restore}
            </Button>
          </div>
        )}
      </header>
      {error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <SkeletonList rows={3} className="h-8" />
      ) : last && !compares ? (
        <p className="text-sm text-muted">{said.first}</p>
      ) : (
        <DifferenceView difference={data} />
      )}
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        danger={false}
        title={said.restoring.title(line.number)}
        text={
          <>
            <p>{said.restoring.text}</p>
            {dirty && <p className="mt-2 text-danger">{said.restoring.unsaved}</p>}
          </>
        }
        action={said.restoring.action}
        explain={(failure) => (isApiError(failure) && failure.status === 412 ? said.restoring.conflict : tell(failure, words))}
        onConfirm={restore}
      />
    </section>
  );
}
