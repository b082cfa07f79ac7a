import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useWords } from "@/i18n/pages";
import { emailTrouble, newPasswordTrouble, troubles } from "@/pages/account/checks";
import { Form, useForm } from "@/pages/account/form";
import { Frame, LINK, Note } from "@/pages/account/frame";
import { spendLink, useLink } from "@/pages/account/link";
import { ModelStep } from "@/pages/account/model-step";
import { NewAccountFields } from "@/pages/account/new-account-fields";
import { optionsQuery, useBounds } from "@/pages/account/options";
import { register } from "@/pages/account/register-account";
import { Button, buttonClass, ErrorState, Field, SkeletonList, TextInput } from "@/ui";

/** The first visit: whoever has the code from the console becomes the administrator, chooses a model, and is in a chat. */
export function SetUpPage() {
  const words = useWords().account.setUp;
  const [made, setMade] = useState(false);
  const { data: options, error, refetch } = useQuery(optionsQuery);
  if (made) return <ModelStep />;
  if (options?.set_up_needed === true) return <AccountStep onMade={() => setMade(true)} />;
  if (options?.set_up_needed === false) return <NothingToSetUp />;
  return (
    <Frame title={words.title}>
      {error === null ? <SkeletonList rows={4} /> : <ErrorState error={error} onRetry={() => void refetch()} />}
    </Frame>
  );
}

function NothingToSetUp() {
  const words = useWords().account;
  return (
    <Frame title={words.setUp.nothingTitle} intro={words.setUp.nothing}>
      <Link to="/sign-in" className={`${buttonClass("primary")} w-full`}>
        {words.signIn.button}
      </Link>
    </Frame>
  );
}

function AccountStep({ onMade }: { onMade: () => void }) {
  const words = useWords().account;
  const bounds = useBounds();
  const link = useLink();
  const form = useForm({
    initial: { code: "", name: "", email: "", password: "" },
    check: ({ code, name, email, password }) =>
      troubles({
        code: link.code === undefined && code.trim() === "" ? words.checks.codeMissing : undefined,
        name: name.trim() === "" ? words.checks.nameMissing : undefined,
        email: emailTrouble(email, words.checks),
        password: newPasswordTrouble(password, bounds, words.checks),
      }),
    places: {
      setup_code_invalid: "code",
      invalid_email: "email",
      password_too_short: "password",
      password_too_long: "password",
      password_too_common: "password",
    },
    send: async ({ code, ...person }) => {
      await register({ ...person, code: code.trim() || (link.code ?? "") });
      onMade();
      spendLink();
    },
  });
  const foot = (
    <span className="text-muted">
      {words.register.haveAccount}{" "}
      <Link to="/sign-in" search={{ next: "/dashboard" }} className={LINK}>
        {words.signIn.button}
      </Link>
    </span>
  );
  return (
    <Frame title={words.setUp.title} intro={words.setUp.intro} over={words.setUp.step(1)} foot={foot}>
      <Form state={form} ready>
        {link.code !== undefined && form.errors.code === undefined && form.values.code === "" ? (
          <Note kind="good">{words.setUp.codeCame}</Note>
        ) : (
          <Field label={words.fields.code} hint={words.setUp.codeHint} error={form.errors.code}>
            {(ids) => <TextInput {...ids} {...form.bind("code")} autoComplete="off" autoCapitalize="characters" spellCheck={false} maxLength={100} className="font-mono" />}
          </Field>
        )}
        <NewAccountFields form={form} />
        <Button type="submit" kind="primary" className="min-h-10" busy={form.busy}>
          {words.setUp.button}
        </Button>
      </Form>
    </Frame>
  );
}
