import type { ReactNode } from "react";
import { useMe } from "@/app/session";
import { useWords } from "@/i18n/pages";
import { troubles } from "@/pages/account/checks";
import { Form, PasswordInput, useForm, UsernameForManagers } from "@/pages/account/form";
import { Button, Dialog, Field, TextInput } from "@/ui";

interface ReauthenticationProps {
  open: boolean;
  onClose: () => void;
  /** Names the object. */
  title: string;
  text?: ReactNode;
  action: string;
  danger?: boolean;
  /** What has to be typed, letter by letter, where there is no way back. */
  typed?: string;
  children?: ReactNode;
  /** Throws what the server says; a wrong password is told at its field. */
  onConfirm: (currentPassword: string) => Promise<void>;
}

/** Asks for the password once more: a session that somebody else got hold of is not enough for this. */
export function Reauthentication({ open, onClose, title, text, ...rest }: ReauthenticationProps) {
  return (
    <Dialog open={open} onClose={onClose} title={title} {...(text !== undefined && { description: text })}>
      {open && <Asking onClose={onClose} {...rest} />}
    </Dialog>
  );
}

function Asking({ onClose, action, danger = false, typed, children, onConfirm }: Omit<ReauthenticationProps, "open" | "title" | "text">) {
  const words = useWords();
  const me = useMe();
  const form = useForm({
    initial: { typed: "", current_password: "" },
    check: (values) =>
      troubles({
        typed: typed !== undefined && values.typed.trim().toLocaleLowerCase() !== typed.toLocaleLowerCase() ? words.account.checks.typed(typed) : undefined,
        current_password: values.current_password === "" ? words.account.checks.currentMissing : undefined,
      }),
    places: { wrong_password: "current_password" },
    send: (values) => onConfirm(values.current_password),
  });
  return (
    <Form state={form}>
      <UsernameForManagers value={me.email} />
      {children}
      {typed !== undefined && (
        <Field label={words.account.typeToConfirm(typed)} error={form.errors.typed}>
          {(ids) => <TextInput {...ids} {...form.bind("typed")} autoComplete="off" autoCapitalize="none" spellCheck={false} />}
        </Field>
      )}
      <Field label={words.account.fields.currentPassword} error={form.errors.current_password}>
        {(ids) => <PasswordInput {...ids} {...form.bind("current_password")} autoComplete="current-password" />}
      </Field>
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{words.common.cancel}</Button>
        <Button type="submit" kind={danger ? "danger" : "primary"} busy={form.busy}>
          {action}
        </Button>
      </div>
    </Form>
  );
}
