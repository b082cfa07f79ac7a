import { Download } from "lucide-react";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { type Conversation, explain } from "@/api";
import { useWords } from "@/i18n/library-pages";
import { nameOf } from "@/library/edits";
import { exportConversations, ExportFailed, type Exported, type Format, FORMATS, type Progress } from "@/library/exporting";
import { ProgressBar } from "@/library/pages/progress-bar";
import { cancelRun } from "@/library/runs";
import { Button, buttonClass, Checkbox, Dialog } from "@/ui";

type Chosen = Pick<Conversation, "id" | "title">;

interface ExportDialogProps {
  /** null: all of them. */
  conversations: readonly Chosen[] | null;
  onClose: () => void;
}

/** In which form; then at once, or with progress where it takes longer. */
export function ExportDialog({ conversations, onClose }: ExportDialogProps) {
  const words = useWords();
  const said = words.library.export;
  const form = useId();
  const [format, setFormat] = useState<Format>(conversations === null ? "json" : "markdown");
  const [attachments, setAttachments] = useState(false);
  const job = useExport(conversations?.map((each) => each.id) ?? null, onClose);

  function submit(event: FormEvent): void {
    event.preventDefault();
    void job.start(format, attachments);
  }

  const close = () => {
    job.cancel();
    onClose();
  };
  const actions =
    job.done === null ? (
      <>
        <Button onClick={close}>{words.common.cancel}</Button>
        <Button kind="primary" type="submit" form={form} busy={job.busy}>
          {said.start}
        </Button>
      </>
    ) : (
      <Button onClick={onClose}>{words.common.close}</Button>
    );
  return (
    <Dialog open onClose={close} title={titleOf(conversations, said)} actions={actions}>
      {job.done === null && (
        <form id={form} onSubmit={submit} className="flex flex-col gap-5">
          <Formats format={format} onChange={setFormat} disabled={job.busy} />
          <Checkbox label={said.attachments} hint={said.attachmentsHint} checked={attachments} disabled={job.busy} onChange={(event) => setAttachments(event.target.checked)} />
          {job.progress !== null && (
            <ProgressBar label={said.preparing} done={job.progress.done} of={job.progress.of} text={job.progress.of === null ? said.preparing : said.progress(job.progress.done, job.progress.of)} />
          )}
          {job.error !== null && (
            <p role="alert" className="text-sm text-danger">
              {job.error instanceof ExportFailed ? said.failed : explain(job.error, words)}
            </p>
          )}
        </form>
      )}
      {job.done?.kind === "waiting" && <Ready href={job.done.href} leftOut={job.done.leftOut} />}
    </Dialog>
  );
}

function titleOf(conversations: readonly Chosen[] | null, said: ReturnType<typeof useWords>["library"]["export"]): string {
  const [first] = conversations ?? [];
  if (conversations === null) return said.titleAll;
  return conversations.length === 1 && first !== undefined ? said.title(nameOf(first)) : said.titleMany(conversations.length);
}

function useExport(ids: readonly string[] | null, onSaved: () => void) {
  const [progress, setProgress] = useState<Progress | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [done, setDone] = useState<Exported | null>(null);
  const following = useRef<AbortController | null>(null);
  const run = useRef<string | null>(null);

  useEffect(() => () => following.current?.abort(), []);

  async function start(format: Format, attachments: boolean): Promise<void> {
    const controller = new AbortController();
    following.current = controller;
    setBusy(true);
    setError(null);
    try {
      const told = (now: Progress) => {
        run.current = now.run;
        setProgress(now);
      };
      const exported = await exportConversations({ ids, format, attachments }, told, controller.signal);
      if (exported?.kind === "saved") onSaved();
      setDone(exported);
    } catch (failure) {
      if (!controller.signal.aborted) setError(failure);
    } finally {
      run.current = null;
      setProgress(null);
      setBusy(false);
    }
  }

  function cancel(): void {
    following.current?.abort();
    if (run.current !== null) void cancelRun(run.current);
  }

  return { progress, busy, error, done, start, cancel };
}

function Formats({ format, onChange, disabled }: { format: Format; onChange: (format: Format) => void; disabled: boolean }) {
  const words = useWords().library.export;
  const name = useId();
  return (
    <fieldset disabled={disabled}>
      <legend className="mb-2 text-sm font-medium">{words.format}</legend>
      <div className="flex flex-col gap-1">
        {FORMATS.map((each) => (
          <label key={each} className="flex cursor-pointer items-start gap-3 rounded-lg border border-transparent px-3 py-2 hover:bg-hover has-checked:border-accent has-checked:bg-accent-soft">
            <input type="radio" name={name} value={each} checked={format === each} onChange={() => onChange(each)} className="mt-0.5 size-5 accent-accent" />
            <span className="text-sm font-medium">
              {words.formats[each]}
              <span className="block font-normal text-muted">{words.hints[each]}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Ready({ href, leftOut }: { href: string; leftOut: number }) {
  const words = useWords().library.export;
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => link.current?.focus(), []);
  return (
    <div role="status" className="flex flex-col items-start gap-3">
      <p className="font-medium">{words.ready}</p>
      {leftOut > 0 && <p className="text-sm text-warning">{words.leftOut(leftOut)}</p>}
      <a ref={link} href={href} download className={buttonClass("primary")}>
        <Download size={16} aria-hidden />
        {words.download}
      </a>
      <p className="text-sm text-muted">{words.kept}</p>
    </div>
  );
}
