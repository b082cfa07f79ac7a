import { type FormEvent, useState } from "react";
import type { FunctionDraft } from "@/assistants/draft";
import { NAME } from "@/assistants/problems";
import { readSchema } from "@/assistants/schema";
import { SchemaField } from "@/assistants/schema-field";
import { useWords } from "@/i18n/assistants";
import { Button, Checkbox, Dialog, Field, TextArea, TextInput } from "@/ui";

const FORM = "function-form";
const EXAMPLE = `{
  "type": "object",
  "properties": {
    "city": { "type": "string" }
  },
  "required": ["city"]
}`;

interface FunctionDialogProps {
  told: FunctionDraft;
  known: boolean;
  /** Names of the others. */
  taken: readonly string[];
  onDone: (told: FunctionDraft) => void;
  onClose: () => void;
}

/** A function: its name, what it is for, and its parameters. */
export function FunctionDialog({ told, known, taken, onDone, onClose }: FunctionDialogProps) {
  const words = useWords();
  const said = words.assistants.func;
  const [draft, setDraft] = useState(told);
  const [checked, setChecked] = useState(false);
  const put = (changes: Partial<FunctionDraft>) => setDraft((before) => ({ ...before, ...changes }));
  const name = draft.name.trim();
  const wrong = !NAME.test(name) ? said.nameBad : taken.includes(name) ? said.nameTaken : null;

  function submit(event: FormEvent): void {
    event.preventDefault();
    event.stopPropagation();
    setChecked(true);
    if (wrong === null && readSchema(draft.parameters).flaw === null) onDone({ ...draft, name });
  }

  const actions = (
    <>
      <Button onClick={onClose}>{words.common.cancel}</Button>
      <Button kind="primary" type="submit" form={FORM}>
        {said.done}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} wide title={known ? said.edit(told.name) : said.add} actions={actions}>
      <form id={FORM} noValidate className="flex flex-col gap-5" onSubmit={submit}>
        <Field label={said.name} hint={said.nameHint} error={checked ? wrong : null}>
          {(ids) => <TextInput {...ids} autoComplete="off" autoCapitalize="none" spellCheck={false} maxLength={64} className="font-mono" value={draft.name} onChange={(event) => put({ name: event.target.value })} />}
        </Field>
        <Field label={said.description} hint={said.descriptionHint}>
          {(ids) => <TextArea {...ids} rows={2} dir="auto" maxLength={65_536} value={draft.description} onChange={(event) => put({ description: event.target.value })} />}
        </Field>
        <SchemaField label={said.parameters} hint={said.parametersHint} value={draft.parameters} object checked={checked} placeholder={EXAMPLE} onChange={(parameters) => put({ parameters })} />
        <Checkbox label={said.strict} hint={said.strictHint} checked={draft.strict === true} onChange={(event) => put({ strict: event.target.checked ? true : null })} />
      </form>
    </Dialog>
  );
}
