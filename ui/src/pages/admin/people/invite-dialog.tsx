import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, ApiError, call, type Schemas } from "@/api";
import { useWords } from "@/i18n";
import { useAdminWords } from "@/i18n/admin";
import { date } from "@/i18n/format";
import { useMails } from "@/pages/account/options";
import { useExplain } from "@/pages/admin/explain";
import { INVITES, type Role, ROLES } from "@/pages/admin/people/data";
import { Button, Checkbox, CopyBox, Dialog, Field, Select, TextInput } from "@/ui";

type Made = Schemas["MadeInvite"] & { readonly wished: boolean };
const DAYS = [1, 7, 30, 90] as const;
const FORM = "invite-form";

/** Makes an invitation, and shows its link this once. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const common = useWords().common;
  const words = useAdminWords().people.invites;
  const [made, setMade] = useState<Made | null>(null);
  const [busy, setBusy] = useState(false);

  const actions =
    made === null ? (
      <>
        <Button onClick={onClose}>{common.cancel}</Button>
        <Button kind="primary" type="submit" form={FORM} busy={busy}>
          {words.making.make}
        </Button>
      </>
    ) : (
      <>
        <Button onClick={() => setMade(null)}>{words.made.another}</Button>
        <Button kind="primary" onClick={onClose}>
          {words.made.done}
        </Button>
      </>
    );
  return (
    <Dialog open onClose={onClose} title={made === null ? words.making.title : words.made.title} actions={actions}>
      {made === null ? <Form busy={busy} onBusy={setBusy} onMade={setMade} /> : <Link made={made} />}
    </Dialog>
  );
}

function Link({ made }: { made: Made }) {
  const words = useAdminWords().people.invites.made;
  return (
    <div role="status" className="flex flex-col gap-3">
      <p className="text-sm text-muted">{made.mailed && made.email !== null ? words.mailed(made.email, date(made.expires_at)) : words.text(date(made.expires_at))}</p>
      {made.wished && !made.mailed && <p className="text-sm text-warning">{words.notMailed}</p>}
      <CopyBox text={location.origin + made.path} label={words.label} />
      <p className="text-sm text-muted">{words.once}</p>
    </div>
  );
}

interface FormProps {
  busy: boolean;
  onBusy: (busy: boolean) => void;
  onMade: (made: Made) => void;
}

function Form({ busy, onBusy, onMade }: FormProps) {
  const client = useQueryClient();
  const words = useAdminWords().people;
  const texts = words.invites.making;
  const why = useExplain();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("user");
  const [days, setDays] = useState(7);
  const [mailing, setMailing] = useState(true);
  const mails = useMails();
  const [error, setError] = useState<{ param: string | null; text: string } | null>(null);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (busy) return;
    onBusy(true);
    setError(null);
    try {
      const mail = mails && mailing && email.trim() !== "";
      const made = await call(api.POST("/api/v1/invites", { body: { email: email.trim() || null, role, days, mail } }));
      void client.invalidateQueries({ queryKey: INVITES });
      onMade({ ...made, wished: mail });
    } catch (failure) {
      setError({ param: failure instanceof ApiError ? failure.param : null, text: why(failure) });
    } finally {
      onBusy(false);
    }
  }

  return (
    <form id={FORM} noValidate className="flex flex-col gap-4" onSubmit={(event) => void submit(event)}>
      <Field label={texts.email} hint={texts.emailHint} error={error?.param === "email" ? error.text : null}>
        {(ids) => <TextInput {...ids} type="email" autoComplete="off" value={email} onChange={(event) => setEmail(event.target.value)} />}
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
      <Field label={texts.days}>
        {(ids) => (
          <Select {...ids} value={days} onChange={(event) => setDays(Number(event.target.value))}>
            {DAYS.map((each) => (
              <option key={each} value={each}>
                {texts.dayChoices(each)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {mails && email.trim() !== "" && <Checkbox label={texts.mail} checked={mailing} onChange={(event) => setMailing(event.target.checked)} />}
      {error !== null && error.param !== "email" && (
        <p role="alert" className="text-sm text-danger">
          {error.text}
        </p>
      )}
    </form>
  );
}
