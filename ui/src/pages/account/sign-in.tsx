import { useQuery } from "@tanstack/react-query";
import { Link, Navigate, useRouter, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { isApiError } from "@/api";
import { useWords } from "@/i18n/pages";
import { Form, PasswordInput, useForm } from "@/pages/account/form";
import { Frame, LINK, Note } from "@/pages/account/frame";
import { safeNext } from "@/pages/account/next";
import { type Options, optionsQuery } from "@/pages/account/options";
import { signInAs } from "@/pages/account/sign-in-as";
import { SupportLine } from "@/pages/account/support";
import { troubles } from "@/pages/account/checks";
import { Button, Field, TextInput } from "@/ui";

/** A session for this browser; then on to where the person wanted to go. */
export function SignInPage() {
  const words = useWords().account;
  const { next, error } = useSearch({ from: "/sign-in" });
  const { data: options } = useQuery(optionsQuery);
  if (options?.set_up_needed === true && next === undefined) return <Navigate to="/set-up" replace />;
  const goingOn = safeNext(next);
  return (
    <Frame title={words.signIn.title} intro={goingOn !== null && goingOn !== "/dashboard" && goingOn !== "/" ? words.signIn.goOn : undefined} foot={<Ways options={options} />}>
      {error !== undefined && (
        <div className="mb-5">
          <Note kind="bad">{words.signIn.linkRefused[error]}</Note>
        </div>
      )}
      <SignInForm next={goingOn} />
    </Frame>
  );
}

function Ways({ options }: { options: Options | undefined }) {
  const words = useWords().account;
  const open = options !== undefined && (options.registration === "open" || options.registration === "domain");
  return (
    <>
      {open && (
        <span className="text-muted">
          {words.signIn.noAccount}{" "}
          <Link to="/register" className={LINK}>
            {words.register.button}
          </Link>
        </span>
      )}
      <Link to="/reset" className={LINK}>
        {words.signIn.forgotten}
      </Link>
    </>
  );
}

function SignInForm({ next }: { next: string | null }) {
  const words = useWords().account;
  const router = useRouter();
  const [failed, setFailed] = useState(0);
  const form = useForm({
    initial: { login: "", password: "" },
    check: ({ login, password }) => troubles({ login: login.trim() === "" ? words.checks.loginMissing : undefined, password: password === "" ? words.checks.passwordMissing : undefined }),
    send: async ({ login, password }) => {
      try {
        await signInAs(login, password);
      } catch (error) {
        if (isApiError(error, "sign_in_failed")) setFailed((count) => count + 1);
        throw error;
      }
      router.history.replace(next ?? "/dashboard");
    },
  });
  return (
    <Form state={form} ready>
      <Field label={words.fields.login} error={form.errors.login}>
        {(ids) => <TextInput {...ids} {...form.bind("login")} autoComplete="username" autoCapitalize="none" spellCheck={false} maxLength={254} />}
      </Field>
      <Field label={words.fields.password} error={form.errors.password}>
        {(ids) => <PasswordInput {...ids} {...form.bind("password")} autoComplete="current-password" />}
      </Field>
      <Button type="submit" kind="primary" className="min-h-10" busy={form.busy}>
        {words.signIn.button}
      </Button>
      {failed >= 2 && (
        <Note>
          {words.signIn.suspendedHint} <SupportLine />
        </Note>
      )}
    </Form>
  );
}
