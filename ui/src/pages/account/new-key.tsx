import { useState } from "react";
import { api, call } from "@/api";
import { queryClient } from "@/app/query";
import { isAdmin, useMe } from "@/app/session";
import { useWords } from "@/i18n/pages";
import { troubles } from "@/pages/account/checks";
import { Form, PasswordInput, useForm, UsernameForManagers } from "@/pages/account/form";
import { expiryOf, listOf } from "@/pages/account/key-wish";
import type { MadeKey } from "@/pages/account/keys-section";
import { Button, Checkbox, Dialog, Field, Select, TextInput } from "@/ui";

type Scope = "read" | "write" | "admin";

interface NewKeyProps {
  open: boolean;
  onClose: () => void;
  onMade: (key: MadeKey) => void;
}

export function NewKeyDialog({ open, onClose, onMade }: NewKeyProps) {
  const words = useWords().account.keys;
  return (
    <Dialog open={open} onClose={onClose} title={words.create}>
      {open && <NewKeyForm onClose={onClose} onMade={onMade} />}
    </Dialog>
  );
}

function NewKeyForm({ onClose, onMade }: Omit<NewKeyProps, "open">) {
  const words = useWords();
  const said = words.account;
  const me = useMe();
  const [scopes, setScopes] = useState<readonly Scope[]>(["read", "write"]);
  const form = useForm({
    initial: { name: "", expires: "", day: "", models: "", addresses: "", current_password: "" },
    check: ({ name, expires, day, current_password }) =>
      troubles({
        name: name.trim() === "" ? said.checks.keyNameMissing : undefined,
        day: expires === "day" && expiryOf(expires, day) === null ? said.checks.dayPast : undefined,
        current_password: current_password === "" ? said.checks.currentMissing : undefined,
      }),
    places: { wrong_password: "current_password", key_name_taken: "name" },
    send: async ({ name, expires, day, models, addresses, current_password }) => {
      const body = { name: name.trim(), scopes: [...scopes], models: listOf(models), addresses: listOf(addresses), expires_at: expiryOf(expires, day), current_password };
      const made = await call(api.POST("/api/v1/keys", { body }));
      await queryClient.invalidateQueries({ queryKey: ["keys"] });
      onMade(made);
    },
  });
  const offered: readonly Scope[] = isAdmin(me) ? ["read", "write", "admin"] : ["read", "write"];
  return (
    <Form state={form}>
      <UsernameForManagers value={me.email} />
      <Field label={said.fields.keyName} hint={said.keys.nameHint} error={form.errors.name}>
        {(ids) => <TextInput {...ids} {...form.bind("name")} autoComplete="off" maxLength={64} />}
      </Field>
      <fieldset className="flex flex-col gap-3">
        <legend className="mb-2 text-sm font-medium">{said.keys.scopesTitle}</legend>
        {offered.map((scope) => (
          <Checkbox
            key={scope}
            label={said.keys.scopes[scope]}
            hint={said.keys.scopeHints[scope]}
            checked={scopes.includes(scope)}
            onChange={(event) => setScopes(event.target.checked ? [...scopes, scope] : scopes.filter((each) => each !== scope))}
          />
        ))}
      </fieldset>
      <Expiry form={form} />
      <details>
        <summary className="min-h-8 rounded-md text-sm text-muted hover:text-ink">{said.keys.restrict}</summary>
        <div className="mt-3 flex flex-col gap-5">
          <Field label={said.keys.models} hint={said.keys.modelsHint} error={form.errors.models}>
            {(ids) => <TextInput {...ids} {...form.bind("models")} autoComplete="off" spellCheck={false} />}
          </Field>
          <Field label={said.keys.addresses} hint={said.keys.addressesHint} error={form.errors.addresses}>
            {(ids) => <TextInput {...ids} {...form.bind("addresses")} autoComplete="off" spellCheck={false} />}
          </Field>
        </div>
      </details>
      <Field label={said.fields.currentPassword} hint={said.keys.whyPassword} error={form.errors.current_password}>
        {(ids) => <PasswordInput {...ids} {...form.bind("current_password")} autoComplete="current-password" />}
      </Field>
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{words.common.cancel}</Button>
        <Button type="submit" kind="primary" busy={form.busy} disabled={scopes.length === 0}>
          {said.keys.generate}
        </Button>
      </div>
    </Form>
  );
}

function Expiry({ form }: { form: ReturnType<typeof useForm<"name" | "expires" | "day" | "models" | "addresses" | "current_password">> }) {
  const words = useWords().account;
  return (
    <>
      <Field label={words.keys.expiry}>
        {(ids) => (
          <Select {...ids} {...form.bind("expires")}>
            <option value="">{words.keys.never}</option>
            {["30", "90", "365"].map((days) => (
              <option key={days} value={days}>
                {words.keys.inDays(Number(days))}
              </option>
            ))}
            <option value="day">{words.keys.onDay}</option>
          </Select>
        )}
      </Field>
      {form.values.expires === "day" && (
        <Field label={words.keys.day} error={form.errors.day}>
          {(ids) => <TextInput {...ids} {...form.bind("day")} type="date" />}
        </Field>
      )}
    </>
  );
}
