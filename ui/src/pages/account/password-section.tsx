import { api, call } from "@/api";
import { queryClient } from "@/app/query";
import { useMe } from "@/app/session";
import { toast } from "@/app/toast";
import { useWords } from "@/i18n/pages";
import { newPasswordTrouble, troubles } from "@/pages/account/checks";
import { Form, PasswordInput, useForm, UsernameForManagers } from "@/pages/account/form";
import { useBounds } from "@/pages/account/options";
import { Button, Card, Field, Section } from "@/ui";

export function PasswordSection() {
  const words = useWords().account;
  return (
    <Section title={words.password.title} description={words.password.intro}>
      <Card>
        <PasswordForm />
      </Card>
    </Section>
  );
}

function PasswordForm() {
  const words = useWords().account;
  const me = useMe();
  const bounds = useBounds();
  const form = useForm({
    initial: { current_password: "", new_password: "" },
    check: ({ current_password, new_password }) =>
      troubles({
        current_password: current_password === "" ? words.checks.currentMissing : undefined,
        new_password: newPasswordTrouble(new_password, bounds, words.checks),
      }),
    places: { wrong_password: "current_password", password_too_short: "new_password", password_too_long: "new_password", password_too_common: "new_password" },
    send: async (values) => {
      await call(api.POST("/api/v1/me/password", { body: values }));
      form.reset();
      toast({ text: words.password.changed });
      await queryClient.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  return (
    <Form state={form} className="max-w-md">
      <UsernameForManagers value={me.email} />
      <Field label={words.fields.currentPassword} error={form.errors.current_password}>
        {(ids) => <PasswordInput {...ids} {...form.bind("current_password")} autoComplete="current-password" />}
      </Field>
      <Field label={words.fields.newPassword} hint={words.passwordHint(bounds.least, bounds.recommended)} error={form.errors.new_password}>
        {(ids) => <PasswordInput {...ids} {...form.bind("new_password")} autoComplete="new-password" />}
      </Field>
      <div>
        <Button type="submit" kind="primary" busy={form.busy}>
          {words.password.button}
        </Button>
      </div>
    </Form>
  );
}
