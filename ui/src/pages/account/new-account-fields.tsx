import { useWords } from "@/i18n/pages";
import { type FormState, PasswordInput } from "@/pages/account/form";
import { useBounds } from "@/pages/account/options";
import { Field, TextInput } from "@/ui";

type Name = "name" | "email" | "password";

/** Name, address and password of somebody new. */
export function NewAccountFields<Names extends string>({ form: whole }: { form: FormState<Names | Name> }) {
  const words = useWords().account;
  const form = whole as FormState<Name>;
  const bounds = useBounds();
  return (
    <>
      <Field label={words.fields.name} error={form.errors.name}>
        {(ids) => <TextInput {...ids} {...form.bind("name")} autoComplete="name" maxLength={200} />}
      </Field>
      <Field label={words.fields.email} error={form.errors.email}>
        {(ids) => <TextInput {...ids} {...form.bind("email")} type="email" autoComplete="username" autoCapitalize="none" spellCheck={false} maxLength={254} />}
      </Field>
      <Field label={words.fields.password} hint={words.passwordHint(bounds.least, bounds.recommended)} error={form.errors.password}>
        {(ids) => <PasswordInput {...ids} {...form.bind("password")} autoComplete="new-password" />}
      </Field>
    </>
  );
}
