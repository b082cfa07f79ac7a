import { Archive, ArchiveRestore, Download, FolderInput, Tag, Trash2 } from "lucide-react";
import { type FormEvent, lazy, Suspense, useId, useState } from "react";
import { type Conversation, explain } from "@/api";
import { toast } from "@/app/toast";
import { useWords, words as spoken } from "@/i18n";
import { MoveDialog } from "@/library/dialogs/move-dialog";
import { batch, type Verb } from "@/library/edits";
import { refetchLibrary } from "@/library/queries";
import { Button, Dialog, Field, IconButton, TextInput } from "@/ui";

const ExportDialog = lazy(() => import("@/library/dialogs/export-dialog").then((module) => ({ default: module.ExportDialog })));

type Chosen = Pick<Conversation, "id" | "title">;

interface BatchVerbsProps {
  chosen: readonly Chosen[];
  /** Those that are offered with these, in the order of the bar. */
  archive: "archive" | "unarchive";
  onDone: () => void;
}

/** Does one thing for all that are chosen, and says so. */
async function doFor(chosen: readonly Chosen[], verb: Verb, extra: { tag?: string } = {}): Promise<boolean> {
  const said = spoken().library;
  try {
    const count = await batch(chosen.map((each) => each.id), verb, extra);
    const undo = verb === "trash" ? { action: { label: spoken().common.undo, run: () => void restoreAll(chosen) } } : {};
    toast({ text: verb === "trash" ? said.trashedMany(count) : said.changedMany(count), ...undo });
    return true;
  } catch (error) {
    toast({ kind: "error", text: `${said.manyFailed} ${explain(error, spoken())}` });
    return false;
  }
}

/** Takes all of them out of the trash; what isn't in it any more is no error. */
export async function restoreAll(chosen: readonly Chosen[]): Promise<void> {
  const said = spoken().library;
  try {
    toast({ text: said.restoredMany(await batch(chosen.map((each) => each.id), "restore")) });
    void refetchLibrary("shares");
  } catch (error) {
    toast({ kind: "error", text: `${said.manyFailed} ${explain(error, spoken())}`, action: { label: spoken().common.retry, run: () => void restoreAll(chosen) } });
  }
}

/** What can be done with several conversations at once. */
export function BatchVerbs({ chosen, archive, onDone }: BatchVerbsProps) {
  const words = useWords().library;
  const [window, setWindow] = useState<"move" | "tag" | "export" | null>(null);

  async function run(verb: Verb, extra: { tag?: string } = {}): Promise<void> {
    if (await doFor(chosen, verb, extra)) onDone();
  }

  return (
    <>
      <IconButton label={words.actions[archive]} onClick={() => void run(archive)}>
        {archive === "archive" ? <Archive size={18} aria-hidden /> : <ArchiveRestore size={18} aria-hidden />}
      </IconButton>
      <IconButton label={words.actions.move} onClick={() => setWindow("move")}>
        <FolderInput size={18} aria-hidden />
      </IconButton>
      <IconButton label={words.tags.apply} onClick={() => setWindow("tag")}>
        <Tag size={18} aria-hidden />
      </IconButton>
      <IconButton label={words.actions.export} onClick={() => setWindow("export")}>
        <Download size={18} aria-hidden />
      </IconButton>
      <IconButton label={words.actions.delete} className="hover:text-danger" onClick={() => void run("trash")}>
        <Trash2 size={18} aria-hidden />
      </IconButton>
      {window === "move" && <MoveDialog conversations={chosen} onClose={() => setWindow(null)} onMoved={onDone} />}
      {window === "tag" && <TagMany count={chosen.length} onClose={() => setWindow(null)} onTag={(tag) => void run("tag", { tag })} />}
      <Suspense fallback={null}>{window === "export" && <ExportDialog conversations={chosen} onClose={() => setWindow(null)} />}</Suspense>
    </>
  );
}

function TagMany({ count, onClose, onTag }: { count: number; onClose: () => void; onTag: (tag: string) => void }) {
  const words = useWords();
  const form = useId();
  const [tag, setTag] = useState("");

  function submit(event: FormEvent): void {
    event.preventDefault();
    onClose();
    onTag(tag.replace(/\s+/g, " ").trim());
  }

  const actions = (
    <>
      <Button onClick={onClose}>{words.common.cancel}</Button>
      <Button kind="primary" type="submit" form={form} disabled={tag.trim() === ""}>
        {words.library.tags.apply}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={words.library.tags.addMany(count)} actions={actions}>
      <form id={form} onSubmit={submit}>
        <Field label={words.library.tags.add}>
          {(ids) => <TextInput {...ids} value={tag} maxLength={64} autoComplete="off" onChange={(event) => setTag(event.target.value)} />}
        </Field>
      </form>
    </Dialog>
  );
}
