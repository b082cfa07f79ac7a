import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, call } from "@/api";
import { useWords } from "@/i18n/pages";
import { emailTrouble, newPasswordTrouble, troubles } from "@/pages/account/checks";
import { Form, PasswordInput, useForm } from "@/pages/account/form";
import { Frame, LINK, Note } from "@/pages/account/frame";
import { spendLink, useLink } from "@/pages/account/link";
import { optionsQuery, useBounds } from "@/pages/account/options";
import { SupportLine } from "@/pages/account/support";
import { Button, buttonClass, ErrorState, Field, SkeletonList, TextInput } from "@/ui";

/** A new password for who forgot theirs: by a link, or the wish for one. */
export function ResetPage() {
  const { token } = useLink();
  const [done, setDone] = useState(false);
  if (done) return <Done />;
  return token === undefined ? <Asking /> : <Setting key={token} token={token} onDone={() => setDone(true)} />;
}

function ToSignIn() {
  const words = useWords().account;
  return (
    <Link to="/sign-in" className={LINK}>
      {words.backToSignIn}
    </Link>
  );
}

function Done() {
  const words = useWords().account;
  return (
    <Frame title={words.reset.doneTitle} intro={words.reset.done}>
      <Link to="/sign-in" className={`${buttonClass("primary")} w-full`}>
        {words.signIn.button}
      </Link>
    </Frame>
  );
}

function Setting({ token, onDone }: { token: string; onDone: () => void }) {
  const words = useWords().account;
  const bounds = useBounds();
  const form = useForm({
    initial: { password: "" },
    check: ({ password }) => troubles({ password: newPasswordTrouble(password, bounds, words.checks) }),
    places: { password_too_short: "password", password_too_long: "password", password_too_common: "password" },
    send: async ({ password }) => {
      await call(api.POST("/api/v1/auth/password-reset/confirm", { body: { token, password } }));
      onDone();
      spendLink();
    },
  });
  return (
    <Frame title={words.reset.setTitle} intro={words.reset.setIntro} foot={<ToSignIn />}>
      <Form state={form} ready>
        <Field label={words.fields.newPassword} hint={words.passwordHint(bounds.least, bounds.recommended)} error={form.errors.password}>
          {(ids) => <PasswordInput {...ids} {...form.bind("password")} autoComplete="new-password" />}
        </Field>
        <Button type="submit" kind="primary" className="min-h-10" busy={form.busy}>
          {words.reset.setButton}
        </Button>
      </Form>
    </Frame>
  );
}

function Asking() {
  const words = useWords().account;
  const { data: options, error, refetch } = useQuery(optionsQuery);
  const [sent, setSent] = useState(false);
  return (
    <Frame title={words.reset.title} intro={options?.mail === true && !sent ? words.reset.intro : undefined} foot={<ToSignIn />}>
      {options === undefined && error === null && <SkeletonList rows={2} />}
      {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {options?.mail === false && (
        <div className="flex flex-col gap-4">
          <Note kind="warning">{words.reset.noMail}</Note>
          <SupportLine />
        </div>
      )}
      {options?.mail === true && (sent ? <Note kind="good">{words.reset.sent}</Note> : <AskForm onSent={() => setSent(true)} />)}
    </Frame>
  );
}

function AskForm({ onSent }: { onSent: () => void }) {
  const words = useWords().account;
  const form = useForm({
    initial: { email: "" },
    check: ({ email }) => troubles({ email: emailTrouble(email, words.checks) }),
    places: { invalid_email: "email" },
    send: async ({ email }) => {
      await call(api.POST("/api/v1/auth/password-reset", { body: { email: email.trim() } }));
      onSent();
    },
  });
  return (
    <Form state={form} ready>
      <Field label={words.fields.email} error={form.errors.email}>
        {(ids) => <TextInput {...ids} {...form.bind("email")} type="email" autoComplete="username" autoCapitalize="none" spellCheck={false} maxLength={254} />}
      </Field>
      <Button type="submit" kind="primary" className="min-h-10" busy={form.busy}>
        {words.reset.askButton}
      </Button>
    </Form>
  );
}
