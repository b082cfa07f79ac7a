import { type FormEvent, useId, useState } from "react";
import { explain } from "@/api";
import { toast } from "@/app/toast";
import { useWords } from "@/i18n/knowledge";
import { Expiry } from "@/knowledge/create-store";
import { changeStore, type Store } from "@/knowledge/stores";
import { Button, Dialog, Field, TextInput } from "@/ui";

/** Another name, another life. */
export function ChangeStore({ store, onClose }: { store: Store; onClose: () => void }) {
  const words = useWords();
  const said = words.knowledge;
  const form = useId();
  const [name, setName] = useState(store.name);
  const [days, setDays] = useState(store.expires_after?.days ?? null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    try {
      await changeStore(store.id, { name, days });
      toast({ text: said.change.saved });
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
        {words.common.save}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={said.change.title} actions={actions}>
      <form id={form} onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <Field label={said.create.name} error={error}>
          {(ids) => <TextInput {...ids} value={name} maxLength={256} autoComplete="off" onChange={(event) => setName(event.target.value)} onFocus={(event) => event.target.select()} />}
        </Field>
        <Expiry days={days} onChange={setDays} />
      </form>
    </Dialog>
  );
}
