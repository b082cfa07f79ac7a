import { CircleAlert, CircleCheck, CircleDashed, Download, EllipsisVertical, FileText, RotateCcw, Tags, Unlink } from "lucide-react";
import { explain } from "@/api";
import { toast } from "@/app/toast";
import { useWords } from "@/i18n/knowledge";
import { ago, bytes, number } from "@/i18n/format";
import { isPassing, reasonOf } from "@/knowledge/faults";
import type { FileDoing } from "@/knowledge/file-dialogs";
import type { Stage } from "@/knowledge/stages";
import { contentOf, readAgain, type StoredFile } from "@/knowledge/stores";
import { plain } from "@/md";
import { Button, IconButton, Menu, type MenuItem, Spinner } from "@/ui";

interface FileRowProps {
  storeId: string;
  file: StoredFile;
  stage: Stage | undefined;
  onDo: (doing: FileDoing) => void;
}

/** A file of a base: how it stands, and what can be done with it. */
export function FileRow({ storeId, file, stage, onDo }: FileRowProps) {
  const words = useWords();
  const said = words.knowledge.file;
  const name = plain(file.prosa.filename);
  // What is no document doesn't become one by another try; who knows better finds it in the menu.
  const hopeful = file.status === "cancelled" || (file.last_error !== null && isPassing(file.last_error));

  async function again(): Promise<void> {
    try {
      await readAgain(storeId, file);
      toast({ text: said.againDone(name) });
    } catch (error) {
      toast({ kind: "error", text: explain(error, words) });
    }
  }

  const items: MenuItem[] = [
    ...(file.status === "completed" ? [{ label: said.open, icon: <FileText aria-hidden />, onSelect: () => onDo({ what: "text", file }) }] : []),
    { label: said.download, icon: <Download aria-hidden />, onSelect: () => downloadFile(file.id, name) },
    { label: said.attributes, icon: <Tags aria-hidden />, onSelect: () => onDo({ what: "attributes", file }) },
    ...(file.status === "in_progress" ? [] : [{ label: said.again, icon: <RotateCcw aria-hidden />, onSelect: () => void again() }]),
    "separator",
    { label: said.remove, icon: <Unlink aria-hidden />, danger: true, onSelect: () => onDo({ what: "remove", file }) },
  ];
  return (
    <li className="flex items-start gap-3 px-4 py-3">
      <Sign file={file} />
      <div className="min-w-0 flex-1">
        {file.status === "completed" ? (
          <button type="button" aria-label={said.openNamed(name)} className="block max-w-full truncate rounded text-left font-medium hover:underline" onClick={() => onDo({ what: "text", file })}>
            {name}
          </button>
        ) : (
          <p className="truncate font-medium">{name}</p>
        )}
        <Standing file={file} stage={stage} />
        {file.last_error !== null && <p className="mt-1 text-sm text-danger">{reasonOf(file.last_error, words)}</p>}
        <AttributeList file={file} />
      </div>
      {hopeful && (
        <Button kind="quiet" className="max-sm:hidden" icon={<RotateCcw size={15} aria-hidden />} onClick={() => void again()}>
          {said.again}
        </Button>
      )}
      <Menu
        trigger={
          <IconButton label={said.actions(name)} size="small">
            <EllipsisVertical size={17} aria-hidden />
          </IconButton>
        }
        items={items}
      />
    </li>
  );
}

function downloadFile(id: string, name: string): void {
  const link = document.createElement("a");
  link.href = contentOf(id);
  link.download = name;
  link.click();
}

const SIGN = "mt-0.5 grid size-5 shrink-0 place-items-center";

function Sign({ file: { status } }: { file: StoredFile }) {
  if (status === "in_progress")
    return (
      <span className={`${SIGN} text-accent`}>
        <Spinner />
      </span>
    );
  if (status === "completed") return <CircleCheck size={18} aria-hidden className={`${SIGN} text-good`} />;
  return status === "failed" ? <CircleAlert size={18} aria-hidden className={`${SIGN} text-danger`} /> : <CircleDashed size={18} aria-hidden className={`${SIGN} text-muted`} />;
}

/** Its state in words; while it is indexed, how far that is. */
function Standing({ file, stage }: { file: StoredFile; stage: Stage | undefined }) {
  const words = useWords().knowledge.file;
  const far = stage?.stage === "embedding" && stage.of !== null && stage.of > 0 ? stage : null;
  const state = file.status === "in_progress" ? (stage?.stage ?? "queued") : file.status;
  const text = far === null ? words.states[state] : words.embedded(number(far.done), number(far.of ?? 0));
  const facts = [text, ...(file.usage_bytes > 0 ? [words.kept(bytes(file.usage_bytes))] : []), words.added(ago(file.created_at * 1000))];
  return (
    <>
      <p className="text-sm text-muted tabular-nums">{facts.join(" · ")}</p>
      {far !== null && (
        <progress aria-label={words.progress(plain(file.prosa.filename))} value={far.done} max={far.of ?? 1} className="mt-1.5 block h-1.5 w-full max-w-xs overflow-hidden rounded-full [&::-webkit-progress-bar]:bg-hover [&::-webkit-progress-value]:bg-accent [&::-moz-progress-bar]:bg-accent" />
      )}
    </>
  );
}

function AttributeList({ file }: { file: StoredFile }) {
  const told = Object.entries(file.attributes ?? {});
  if (told.length === 0) return null;
  return (
    <ul className="mt-1.5 flex flex-wrap gap-1.5">
      {told.map(([name, value]) => (
        <li key={name} className="max-w-full truncate rounded-full bg-hover px-2 py-0.5 text-xs text-muted">
          {plain(name)}: {plain(String(value))}
        </li>
      ))}
    </ul>
  );
}
