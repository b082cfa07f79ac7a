import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { explain } from "@/api";
import { toast } from "@/app/toast";
import { useWords } from "@/i18n/knowledge";
import { nameOf } from "@/knowledge/names";
import { deleteFiles, deleteStore, fileIds, type Store, usersQuery } from "@/knowledge/stores";
import { plain } from "@/md";
import { Checkbox, Confirm, Skeleton } from "@/ui";

/** Says what is lost, and for whom, before a base is deleted. */
export function DeleteStore({ store, onClose, onDone }: { store: Store; onClose: () => void; onDone?: () => void }) {
  const words = useWords();
  const said = words.knowledge.remove;
  const [files, setFiles] = useState(true);
  const name = nameOf(store, words.knowledge.unnamed);
  const { total } = store.file_counts;

  async function run(): Promise<void> {
    // Whose files they are is known by the base alone.
    const ids = files && total > 0 ? await fileIds(store.id) : [];
    await deleteStore(store.id);
    const left = await deleteFiles(ids);
    if (left > 0) toast({ kind: "error", text: said.filesLeft(left) });
    else toast({ text: said.done(name) });
    onDone?.();
  }

  const text = (
    <div className="flex flex-col gap-4">
      <p>{said.text(total)}</p>
      <Users store={store} />
      {total > 0 && <Checkbox label={said.alsoFiles(total)} hint={said.alsoFilesHint} checked={files} onChange={(event) => setFiles(event.target.checked)} className="text-ink" />}
    </div>
  );
  return <Confirm open onClose={onClose} title={said.title(name)} text={text} action={said.action} onConfirm={run} explain={(error) => explain(error, words)} />;
}

/** The assistants that lose it. */
function Users({ store }: { store: Store }) {
  const words = useWords().knowledge.remove;
  const users = useQuery(usersQuery(store.id));
  if (users.isPending) return <Skeleton className="h-4 w-2/3" />;
  if (users.isError) return <p className="text-warning">{words.unknownUsers}</p>;
  if (users.data.data.length === 0) return null;
  return (
    <div className="rounded-xl bg-warning-soft px-4 py-3 text-warning">
      <p className="font-medium">{words.users}</p>
      <ul className="mt-1 list-disc pl-5">
        {users.data.data.map(({ id, name }) => (
          <li key={id}>{plain(name ?? "").trim() || words.unnamedAssistant}</li>
        ))}
      </ul>
    </div>
  );
}
