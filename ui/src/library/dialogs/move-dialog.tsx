import { useQuery } from "@tanstack/react-query";
import { Check, Folder as FolderIcon, FolderMinus, FolderPlus } from "lucide-react";
import { type FormEvent, type ReactNode, useState } from "react";
import { type Conversation, explain } from "@/api";
import { toast } from "@/app/toast";
import { useWords, words as spoken } from "@/i18n";
import { batch, edit, nameOf } from "@/library/edits";
import { createFolder } from "@/library/folders";
import { type Folder, foldersQuery, known } from "@/library/queries";
import { Button, Dialog, ErrorState, Field, SkeletonList, TextInput } from "@/ui";

type Chosen = Pick<Conversation, "id" | "title">;

interface MoveDialogProps {
  conversations: readonly Chosen[];
  onClose: () => void;
  onMoved?: () => void;
}

/** Where to: one of the folders, none, or a new one. */
export function MoveDialog({ conversations, onClose, onMoved }: MoveDialogProps) {
  const words = useWords().library;
  const folders = useQuery(foldersQuery);
  const [first] = conversations;
  const only = conversations.length === 1 && first !== undefined ? known(first.id) : undefined;
  const title = conversations.length === 1 && first !== undefined ? words.folders.moveTitle(nameOf(first)) : words.folders.moveMany(conversations.length);

  function into(folder: Folder | null): void {
    onClose();
    void move(conversations, folder).then((done) => done && onMoved?.());
  }

  return (
    <Dialog open onClose={onClose} title={title}>
      {folders.isPending && <SkeletonList rows={3} className="h-10" />}
      {folders.isError && <ErrorState error={folders.error} onRetry={() => void folders.refetch()} />}
      {folders.data !== undefined && (
        <ul className="-mx-2 flex flex-col gap-0.5">
          <Place icon={<FolderMinus size={18} aria-hidden />} name={words.folders.none} here={only !== undefined && only.folder_id === null} onChoose={() => into(null)} />
          {folders.data.map((each) => (
            <Place key={each.id} icon={<FolderIcon size={18} aria-hidden />} name={each.name} here={only?.folder_id === each.id} onChoose={() => into(each)} />
          ))}
        </ul>
      )}
      <NewFolder onMade={into} />
    </Dialog>
  );
}

async function move(conversations: readonly Chosen[], folder: Folder | null): Promise<boolean> {
  const said = spoken().library;
  const folder_id = folder?.id ?? null;
  const text = folder === null ? said.folders.movedOut : said.folders.moved(folder.name);
  const [first] = conversations;
  const only = conversations.length === 1 && first !== undefined ? known(first.id) : undefined;
  if (only !== undefined) {
    return only.folder_id === folder_id || edit(only, { folder_id }, { text, undo: { folder_id: only.folder_id } });
  }
  try {
    const count = await batch(conversations.map((each) => each.id), "move", { folder_id });
    toast({ text: said.changedMany(count) });
    return true;
  } catch (error) {
    toast({ kind: "error", text: `${said.manyFailed} ${explain(error, spoken())}` });
    return false;
  }
}

function Place({ icon, name, here, onChoose }: { icon: ReactNode; name: string; here: boolean; onChoose: () => void }) {
  return (
    <li>
      <button type="button" aria-current={here || undefined} onClick={onChoose} className="flex min-h-10 w-full items-center gap-3 rounded-lg px-2 text-left text-sm hover:bg-hover">
        <span className="text-muted">{icon}</span>
        <span className="min-w-0 flex-1 truncate">{name}</span>
        {here && <Check size={16} className="text-accent" aria-hidden />}
      </button>
    </li>
  );
}

function NewFolder({ onMade }: { onMade: (folder: Folder) => void }) {
  const words = useWords();
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (name.trim() === "") return;
    setBusy(true);
    try {
      onMade(await createFolder(name));
    } catch (failure) {
      setError(explain(failure, words));
      setBusy(false);
    }
  }

  return (
    <form onSubmit={(event) => void submit(event)} className="mt-4 border-t border-line pt-4">
      <Field label={words.library.folders.create} error={error}>
        {(ids) => (
          <div className="flex gap-2">
            <TextInput {...ids} value={name} maxLength={100} autoComplete="off" placeholder={words.library.folders.name} onChange={(event) => setName(event.target.value)} />
            <Button type="submit" busy={busy} disabled={name.trim() === ""} className="h-10" icon={<FolderPlus size={16} aria-hidden />}>
              {words.library.folders.createIn}
            </Button>
          </div>
        )}
      </Field>
    </form>
  );
}
