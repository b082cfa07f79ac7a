import { useState } from "react";
import { api, call } from "@/api";
import { queryClient } from "@/app/query";
import { meQuery, useMe } from "@/app/session";
import { toast } from "@/app/toast";
import { useWords } from "@/i18n/pages";
import { emailTrouble, troubles } from "@/pages/account/checks";
import { Form, PasswordInput, useForm, UsernameForManagers } from "@/pages/account/form";
import { Note } from "@/pages/account/frame";
import { Button, Dialog, Field, TextInput } from "@/ui";

/** The address that one signs in with, and the way to another. */
export function EmailPart() {
  const words = useWords().account;
  const me = useMe();
  const [open, setOpen] = useState(false);
  const [waiting, setWaiting] = useState<string | null>(null);
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0 font-medium break-all">{me.email}</p>
        <Button onClick={() => setOpen(true)}>{words.account.emailChange}</Button>
      </div>
      {waiting !== null && <Note kind="good">{words.account.emailSent(waiting)}</Note>}
      <Dialog open={open} onClose={() => setOpen(false)} title={words.account.emailChange} description={words.account.emailChangeHint}>
        {open && <EmailForm onDone={() => setOpen(false)} onSent={setWaiting} />}
      </Dialog>
    </div>
  );
}

function EmailForm({ onDone, onSent }: { onDone: () => void; onSent: (email: string) => void }) {
  const words = useWords();
  const me = useMe();
  const form = useForm({
    initial: { email: "", current_password: "" },
    check: ({ email, current_password }) =>
      troubles({ email: emailTrouble(email, words.account.checks), current_password: current_password === "" ? words.account.checks.currentMissing : undefined }),
    places: { wrong_password: "current_password", invalid_email: "email", email_taken: "email" },
    send: async ({ email, current_password }) => {
      const done = await call(api.POST("/api/v1/me/email", { body: { email: email.trim(), current_password } }));
      if (done.confirmed) {
        await queryClient.invalidateQueries({ queryKey: meQuery.queryKey });
        toast({ text: words.account.account.emailChanged });
      } else onSent(done.email);
      onDone();
    },
  });
  return (
    <Form state={form}>
      <UsernameForManagers value={me.email} />
      <Field label={words.account.fields.newEmail} error={form.errors.email}>
        {(ids) => <TextInput {...ids} {...form.bind("email")} type="email" autoComplete="email" autoCapitalize="none" spellCheck={false} maxLength={254} />}
      </Field>
      <Field label={words.account.fields.currentPassword} error={form.errors.current_password}>
        {(ids) => <PasswordInput {...ids} {...form.bind("current_password")} autoComplete="current-password" />}
      </Field>
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onDone}>{words.common.cancel}</Button>
        <Button type="submit" kind="primary" busy={form.busy}>
          {words.account.account.emailChange}
        </Button>
      </div>
    </Form>
  );
}
