import { queryClient } from "@/app/query";
import { meQuery, useMe } from "@/app/session";
import { chooseTheme, type Theme, useTheme } from "@/app/theme";
import { toast } from "@/app/toast";
import { api, isApiError, type Me, whole } from "@/api";
import { type Language, LANGUAGES, loadLanguage, useLanguage, useWords } from "@/i18n/pages";
import { troubles } from "@/pages/account/checks";
import { EmailPart } from "@/pages/account/email-part";
import { Form, useForm } from "@/pages/account/form";
import { PicturePart } from "@/pages/account/picture-part";
import { tell } from "@/pages/account/tell";
import { ThemeChoice } from "@/pages/account/theme-choice";
import { zoneName, zones } from "@/pages/account/zones";
import { Button, Card, Field, Section, Select, TextInput } from "@/ui";

/** Changes one's own account, and shows what it is now. Throws ApiError. */
export async function changeMe(changes: { name?: string; username?: string | null; language?: Language; time_zone?: string }): Promise<Me> {
  const { data } = await whole(api.PATCH("/api/v1/me", { body: changes, params: { header: {} } }));
  queryClient.setQueryData(meQuery.queryKey, data);
  return data;
}

export function AccountSection() {
  const words = useWords().account;
  return (
    <>
      <Section title={words.account.who}>
        <Card className="flex flex-col gap-6">
          <PicturePart />
          <NameForm />
        </Card>
      </Section>
      <Section title={words.account.email} description={words.account.emailHint}>
        <Card>
          <EmailPart />
        </Card>
      </Section>
      <Section title={words.account.look} description={words.account.lookHint}>
        <Card className="flex flex-col gap-6">
          <LanguageAndZone />
          <Appearance />
        </Card>
      </Section>
    </>
  );
}

function NameForm() {
  const words = useWords();
  const me = useMe();
  const form = useForm({
    initial: { name: me.name, username: me.username ?? "" },
    check: ({ name }) => troubles({ name: name.trim() === "" ? words.account.checks.nameMissing : undefined }),
    places: { username_taken: "username" },
    send: async ({ name, username }) => {
      const after = username.trim();
      await changeMe({ name: name.trim(), ...(after !== (me.username ?? "") && { username: after === "" ? null : after }) });
      toast({ text: words.common.saved });
    },
  });
  const same = form.values.name.trim() === me.name && form.values.username.trim() === (me.username ?? "");
  return (
    <Form state={form}>
      <div className="grid gap-5 sm:grid-cols-2">
        <Field label={words.account.fields.name} error={form.errors.name}>
          {(ids) => <TextInput {...ids} {...form.bind("name")} autoComplete="name" maxLength={200} />}
        </Field>
        <Field label={`${words.account.fields.username} (${words.common.optional})`} hint={words.account.account.usernameHint} error={form.errors.username}>
          {(ids) => <TextInput {...ids} {...form.bind("username")} autoComplete="off" autoCapitalize="none" spellCheck={false} maxLength={64} />}
        </Field>
      </div>
      <div>
        <Button type="submit" kind="primary" busy={form.busy} disabled={same}>
          {words.common.save}
        </Button>
      </div>
    </Form>
  );
}

const TONGUES: Record<Language, string> = { "pt-BR": "Português (Brasil)", en: "English" };

function LanguageAndZone() {
  const words = useWords();
  const me = useMe();
  const shown = useLanguage();

  async function change(changes: Parameters<typeof changeMe>[0]): Promise<void> {
    const before = me;
    queryClient.setQueryData(meQuery.queryKey, { ...me, ...changes });
    if (changes.language !== undefined) await loadLanguage(changes.language, true);
    try {
      await changeMe(changes);
    } catch (error) {
      queryClient.setQueryData(meQuery.queryKey, before);
      toast({ kind: "error", text: tell(error, words), ...(!isApiError(error) || error.status !== 400 ? { action: { label: words.common.retry, run: () => void change(changes) } } : {}) });
    }
  }

  return (
    <div className="grid gap-5 sm:grid-cols-2">
      <Field label={words.shell.language}>
        {(ids) => (
          <Select {...ids} value={shown} onChange={(event) => void change({ language: event.target.value as Language })}>
            {LANGUAGES.map((each) => (
              <option key={each} value={each} lang={each}>
                {TONGUES[each]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label={words.account.fields.timeZone} hint={words.account.account.zoneHint}>
        {(ids) => (
          <Select {...ids} value={me.time_zone ?? ""} onChange={(event) => void change({ time_zone: event.target.value })}>
            {me.time_zone === null && <option value="">{words.account.account.noZone}</option>}
            {zones(me.time_zone).map((zone) => (
              <option key={zone} value={zone}>
                {zoneName(zone)}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </div>
  );
}

function Appearance() {
  const theme = useTheme();
  return <ThemeChoice value={theme} onChange={(chosen: Theme) => chooseTheme(chosen)} />;
}
