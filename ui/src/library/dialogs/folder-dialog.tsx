import { type FormEvent, useId, useState } from "react";
import { explain } from "@/api";
import { useWords } from "@/i18n";
import { createFolder, renameFolder } from "@/library/folders";
import type { Folder } from "@/library/queries";
import { Button, Dialog, Field, TextInput } from "@/ui";

/** A new folder, or another name for one. */
export function FolderDialog({ folder, onClose }: { folder?: Folder; onClose: () => void }) {
  const words = useWords();
  const said = words.library.folders;
  const form = useId();
  const [name, setName] = useState(folder?.name ?? "");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (folder !== undefined) {
      onClose();
      await renameFolder(folder, name);
      return;
    }
    setBusy(true);
    try {
      await createFolder(name);
      onClose();
    } catch (failure) {
      setError(explain(failure, words));
      setBusy(false);
    }
  }

  const actions = (
    <>
      <Button onClick={onClose}>{words.common.cancel}</Button>
      <Button kind="primary" type="submit" form={form} busy={busy} disabled={name.trim() === ""}>
        {folder === undefined ? said.createIn : words.common.save}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={folder === undefined ? said.create : said.rename} actions={actions}>
      <form id={form} onSubmit={(event) => void submit(event)}>
        <Field label={said.name} error={error}>
          {(ids) => <TextInput {...ids} value={name} maxLength={100} autoComplete="off" onChange={(event) => setName(event.target.value)} />}
        </Field>
      </form>
    </Dialog>
  );
}
