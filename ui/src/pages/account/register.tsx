import { useQuery } from "@tanstack/react-query";
import { Link, Navigate, useRouter } from "@tanstack/react-router";
import { useWords } from "@/i18n/pages";
import { emailTrouble, newPasswordTrouble, troubles } from "@/pages/account/checks";
import { Form, useForm } from "@/pages/account/form";
import { Frame, LINK, Note } from "@/pages/account/frame";
import { spendLink, useLink } from "@/pages/account/link";
import { NewAccountFields } from "@/pages/account/new-account-fields";
import { type Options, optionsQuery, useBounds } from "@/pages/account/options";
import { register } from "@/pages/account/register-account";
import { SupportLine } from "@/pages/account/support";
import { Button, buttonClass, ErrorState, SkeletonList } from "@/ui";

/** An account of one's own, where the server lets people make one, or with an invitation. */
export function RegisterPage() {
  const words = useWords().account;
  const { data: options, error, refetch } = useQuery(optionsQuery);
  const link = useLink();
  if (link.code !== undefined || options?.set_up_needed === true) return <Navigate to="/set-up" replace />;
  const closed = options !== undefined && link.invite === undefined && (options.registration === "closed" || options.registration === "invite");
  const foot = (
    <span className="text-muted">
      {words.register.haveAccount}{" "}
      <Link to="/sign-in" className={LINK}>
        {words.signIn.button}
      </Link>
    </span>
  );
  return (
    <Frame title={words.register.title} intro={closed ? undefined : words.register.intro} foot={foot}>
      {options === undefined && error === null && <SkeletonList rows={3} />}
      {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {options !== undefined && (closed ? <Closed registration={options.registration} /> : <RegisterForm invite={link.invite} registration={options.registration} />)}
    </Frame>
  );
}

function Closed({ registration }: Pick<Options, "registration">) {
  const words = useWords().account;
  return (
    <div className="flex flex-col gap-5">
      <Note kind="warning">{registration === "invite" ? words.register.inviteOnly : words.register.closed}</Note>
      <SupportLine />
      <Link to="/sign-in" className={buttonClass("primary")}>
        {words.signIn.button}
      </Link>
    </div>
  );
}

function RegisterForm({ invite, registration }: { invite: string | undefined } & Pick<Options, "registration">) {
  const words = useWords().account;
  const bounds = useBounds();
  const router = useRouter();
  const form = useForm({
    initial: { name: "", email: "", password: "" },
    check: ({ name, email, password }) =>
      troubles({
        name: name.trim() === "" ? words.checks.nameMissing : undefined,
        email: emailTrouble(email, words.checks),
        password: newPasswordTrouble(password, bounds, words.checks),
      }),
    places: { invalid_email: "email", password_too_short: "password", password_too_long: "password", password_too_common: "password" },
    send: async ({ name, email, password }) => {
      await register({ name, email, password, ...(invite !== undefined && { invite }) });
      spendLink();
      router.history.replace("/dashboard");
    },
  });
  return (
    <Form state={form} ready>
      {invite !== undefined && <Note kind="good">{words.register.invited}</Note>}
      {registration === "domain" && invite === undefined && <Note>{words.register.domain}</Note>}
      <NewAccountFields form={form} />
      <Button type="submit" kind="primary" className="min-h-10" busy={form.busy}>
        {words.register.button}
      </Button>
    </Form>
  );
}
