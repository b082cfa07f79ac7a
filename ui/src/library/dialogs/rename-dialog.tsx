import { type FormEvent, useId, useState } from "react";
import type { Conversation } from "@/api";
import { useWords } from "@/i18n";
import { rename } from "@/library/edits";
import { Button, Dialog, Field, TextInput } from "@/ui";

export function RenameDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const words = useWords();
  const form = useId();
  const [title, setTitle] = useState(conversation.title ?? "");

  function submit(event: FormEvent): void {
    event.preventDefault();
    void rename(conversation, title);
    onClose();
  }

  const actions = (
    <>
      <Button onClick={onClose}>{words.common.cancel}</Button>
      <Button kind="primary" type="submit" form={form} disabled={title.trim() === ""}>
        {words.common.save}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={words.library.actions.renameTitle} actions={actions}>
      <form id={form} onSubmit={submit}>
        <Field label={words.library.actions.newTitle}>
          {(ids) => <TextInput {...ids} value={title} maxLength={200} autoComplete="off" onChange={(event) => setTitle(event.target.value)} onFocus={(event) => event.target.select()} />}
        </Field>
      </form>
    </Dialog>
  );
}
