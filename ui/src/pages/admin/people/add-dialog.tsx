import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ApiError } from "@/api";
import { useWords } from "@/i18n";
import { useAdminWords } from "@/i18n/admin";
import { useMails } from "@/pages/account/options";
import { useExplain } from "@/pages/admin/explain";
import { addPerson, makeResetLink, nameOf, type Role, ROLES, type User } from "@/pages/admin/people/data";
import { Button, Checkbox, CopyBox, Dialog, Field, Select, TextInput } from "@/ui";

interface Added {
  user: User;
  /** Null: the account is there, but the link could not be made. */
  link: { path: string; mailed: boolean } | null;
  why: string;
  /** It was to be mailed. */
  wished: boolean;
}

const FORM = "person-form";

/** Makes an account, and shows this once the link by which its person chooses a password. */
export function AddDialog({ onClose }: { onClose: () => void }) {
  const common = useWords().common;
  const words = useAdminWords().people.adding;
  const [added, setAdded] = useState<Added | null>(null);
  const [busy, setBusy] = useState(false);

  const actions =
    added === null ? (
      <>
        <Button onClick={onClose}>{common.cancel}</Button>
        <Button kind="primary" type="submit" form={FORM} busy={busy}>
          {words.make}
        </Button>
      </>
    ) : (
      <>
        <Button onClick={() => setAdded(null)}>{words.another}</Button>
        <Button kind="primary" onClick={onClose}>
          {words.close}
        </Button>
      </>
    );
  return (
    <Dialog open onClose={onClose} title={added === null ? words.title : words.done(nameOf(added.user))} actions={actions}>
      {added === null ? <Form busy={busy} onBusy={setBusy} onAdded={setAdded} /> : <Link added={added} />}
    </Dialog>
  );
}

function Link({ added: { user, link, why, wished } }: { added: Added }) {
  const words = useAdminWords().people;
  if (link === null) {
    return (
      <p role="alert" className="text-sm text-danger">
        {words.adding.noLink(why)}
      </p>
    );
  }
  return (
    <div role="status" className="flex flex-col gap-3">
      {wished && <p className={`text-sm ${link.mailed ? "text-good" : "text-warning"}`}>{link.mailed ? words.resetting.mailed(user.email) : words.resetting.notMailed}</p>}
      {!link.mailed && <p className="text-sm text-muted">{words.adding.link}</p>}
      <CopyBox text={location.origin + link.path} label={words.adding.label} />
      <p className="text-sm text-muted">{words.resetting.once}</p>
    </div>
  );
}

interface FormProps {
  busy: boolean;
  onBusy: (busy: boolean) => void;
  onAdded: (added: Added) => void;
}

function Form({ busy, onBusy, onAdded }: FormProps) {
  const words = useAdminWords().people;
  const texts = words.adding;
  const { name, setName, email, setEmail, role, setRole, mailing, setMailing, mails, error, submit } = useAdding({ busy, onBusy, onAdded });
  return (
    <form id={FORM} noValidate className="flex flex-col gap-4" onSubmit={(event) => void submit(event)}>
      <p className="text-sm text-muted">{texts.text}</p>
      <Field label={texts.email} error={error?.param === "email" ? error.text : null}>
        {(ids) => <TextInput {...ids} type="email" autoComplete="off" required value={email} onChange={(event) => setEmail(event.target.value)} />}
      </Field>
      <Field label={texts.name} hint={texts.nameHint} error={error?.param === "name" ? error.text : null}>
        {(ids) => <TextInput {...ids} autoComplete="off" maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />}
      </Field>
      <Field label={texts.role} hint={role === "admin" ? texts.adminWarning : words.roleTexts[role]}>
        {(ids) => (
          <Select {...ids} value={role} onChange={(event) => setRole(event.target.value as Role)}>
            {ROLES.map((each) => (
              <option key={each} value={each}>
                {words.roles[each]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {mails && <Checkbox label={texts.mail} checked={mailing} onChange={(event) => setMailing(event.target.checked)} />}
      {error !== null && error.param !== "email" && error.param !== "name" && (
        <p role="alert" className="text-sm text-danger">
          {error.text}
        </p>
      )}
    </form>
  );
}

function useAdding({ busy, onBusy, onAdded }: FormProps) {
  const client = useQueryClient();
  const why = useExplain();
  const mails = useMails();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("user");
  const [mailing, setMailing] = useState(true);
  const [error, setError] = useState<{ param: string | null; text: string } | null>(null);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (busy) return;
    onBusy(true);
    setError(null);
    const wished = mails && mailing;
    try {
      const user = await addPerson({ email: email.trim(), name: name.trim(), role });
      void client.invalidateQueries({ queryKey: ["admin"] });
      try {
        onAdded({ user, link: await makeResetLink(user.id, wished), why: "", wished });
      } catch (failure) {
        onAdded({ user, link: null, why: why(failure), wished });
      }
    } catch (failure) {
      setError({ param: failure instanceof ApiError ? failure.param : null, text: why(failure) });
    } finally {
      onBusy(false);
    }
  }

  return { name, setName, email, setEmail, role, setRole, mailing, setMailing, mails, error, submit };
}
