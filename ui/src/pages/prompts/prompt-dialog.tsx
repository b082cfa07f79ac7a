import { type FormEvent, type RefObject, useId, useRef, useState } from "react";
import { ApiError, explain } from "@/api";
import { isAdmin, useMe } from "@/app/session";
import { toast } from "@/app/toast";
import { variablesIn } from "@/chat/mention/variables";
import { type Messages, useWords } from "@/i18n/prompts";
import { plain } from "@/md";
import { changePrompt, createPrompt, type Prompt } from "@/pages/prompts/data";
import { Button, Dialog, Field, Switch, TextArea, TextInput } from "@/ui";

const LONGEST = { name: 120, command: 40, text: 20_000 };

/** A new prompt, or one that is there: changed, or only read where it is somebody else's. */
export function PromptDialog({ prompt, onClose }: { prompt: Prompt | null; onClose: () => void }) {
  const words = useWords();
  const said = words.prompts.form;
  const form = useId();
  const first = useRef<HTMLInputElement>(null);
  const editable = prompt?.editable ?? true;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [tried, setTried] = useState(false);
  const [wish, setWish] = useState({ name: prompt?.name ?? "", command: prompt?.command ?? "", text: prompt?.text ?? "", everyone: prompt?.shared === "everyone" });
  const taken = error instanceof ApiError && error.code === "prompt_command_taken";

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    setTried(true);
    if (wish.name.trim() === "" || wish.text.trim() === "") return;
    setBusy(true);
    setError(null);
    try {
      const command = wish.command.trim().replace(/^\/+/, "");
      const body = { name: wish.name.trim(), command: command || null, text: wish.text, shared: wish.everyone ? ("everyone" as const) : ("private" as const) };
      const made = await (prompt === null ? createPrompt(body) : changePrompt(prompt, body));
      toast({ text: (prompt === null ? words.prompts.made : words.prompts.saved)(plain(made.name)) });
      onClose();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  }

  const actions = editable ? (
    <>
      <Button onClick={onClose}>{words.common.cancel}</Button>
      <Button kind="primary" type="submit" form={form} busy={busy}>
        {prompt === null ? said.create : words.common.save}
      </Button>
    </>
  ) : (
    <Button onClick={onClose}>{words.common.close}</Button>
  );
  return (
    <Dialog open onClose={onClose} title={prompt === null ? said.freshTitle : editable ? said.editTitle : said.viewTitle} actions={actions} first={first} wide>
      <form id={form} noValidate onSubmit={(event) => void save(event)} className="flex flex-col gap-5">
        <Fields first={first} wish={wish} put={(change) => setWish((now) => ({ ...now, ...change }))} readOnly={!editable} tried={tried} taken={taken} />
        {error !== null && !taken && (
          <p role="alert" className="text-sm text-danger">
            {told(error, words)}
          </p>
        )}
      </form>
    </Dialog>
  );
}

function told(error: unknown, words: Messages): string {
  return error instanceof ApiError && error.status === 412 ? words.prompts.form.changedMeanwhile : explain(error, words);
}

interface Wish {
  name: string;
  command: string;
  text: string;
  everyone: boolean;
}

interface FieldsProps {
  first: RefObject<HTMLInputElement | null>;
  wish: Wish;
  put: (change: Partial<Wish>) => void;
  readOnly: boolean;
  tried: boolean;
  taken: boolean;
}

function Fields({ first, wish, put, readOnly, tried, taken }: FieldsProps) {
  const said = useWords().prompts.form;
  const admin = isAdmin(useMe());
  const variables = variablesIn(wish.text).map(plain).join(", ");
  return (
    <>
      <div className="grid gap-5 sm:grid-cols-2">
        <Field label={said.name} error={tried && wish.name.trim() === "" ? said.nameBad : null}>
          {(ids) => <TextInput {...ids} ref={first} value={wish.name} maxLength={LONGEST.name} readOnly={readOnly} autoComplete="off" onChange={(event) => put({ name: event.target.value })} />}
        </Field>
        <Field label={said.command} hint={said.commandHint(wish.command.trim().replace(/^\/+/, ""))} error={taken ? said.commandTaken : null}>
          {(ids) => <TextInput {...ids} value={wish.command} maxLength={LONGEST.command} readOnly={readOnly} autoComplete="off" autoCapitalize="none" spellCheck={false} onChange={(event) => put({ command: event.target.value })} />}
        </Field>
      </div>
      <Field label={said.text} hint={variables === "" ? said.textHint : said.variables(variables)} error={tried && wish.text.trim() === "" ? said.textBad : null}>
        {(ids) => <TextArea {...ids} rows={9} value={wish.text} maxLength={LONGEST.text} readOnly={readOnly} onChange={(event) => put({ text: event.target.value })} />}
      </Field>
      {admin && !readOnly && <Switch label={said.shared} hint={said.sharedHint} checked={wish.everyone} onChange={(everyone) => put({ everyone })} />}
    </>
  );
}
