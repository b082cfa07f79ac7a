import { useState } from "react";
import { api, call, type Schemas } from "@/api";
import { number } from "@/i18n/format";
import { useWords } from "@/i18n/pages";
import { queryClient } from "@/app/query";
import { Form, FormFailure, PasswordInput, useForm } from "@/pages/account/form";
import { freeName } from "@/pages/account/free-name";
import { LINK, Note } from "@/pages/account/frame";
import { Button, Field, Select, TextInput } from "@/ui";

type Kind = Schemas["ProviderKind"];
type Outcome = Schemas["TrialOutcome"];

interface ProviderFormProps {
  kinds: readonly Kind[];
  /** Names of providers that are there. */
  taken: readonly string[];
  onDone: () => void;
}

/** A provider and its key: tried first, then kept. */
export function ProviderForm({ kinds, taken, onDone }: ProviderFormProps) {
  const words = useWords().account;
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const first = kinds.find((kind) => kind.name === "openai") ?? kinds[0];
  const form = useForm({
    initial: { kind: first?.name ?? "", api_key: "", base_url: "" },
    check: (values) => {
      const kind = kinds.find((each) => each.name === values.kind);
      const found: Partial<Record<"api_key" | "base_url", string>> = {};
      if (kind?.needs_key === true && values.api_key.trim() === "") found.api_key = words.checks.keyMissing;
      if (kind?.base_url === "" && values.base_url.trim() === "") found.base_url = words.checks.addressMissing;
      return found;
    },
    send: async (values) => {
      setOutcome(null);
      const wish = wishOf(values);
      const tried = await call(api.POST("/api/v1/provider-tests", { body: wish }));
      setOutcome(tried);
      if (tried.ok) await keep(wish, tried.answered);
    },
  });
  const anyway = useForm({ initial: {}, send: () => keep(wishOf(form.values)) });
  const kind = kinds.find((each) => each.name === form.values.kind);

  async function keep(wish: ReturnType<typeof wishOf>, answered: string | null = null): Promise<void> {
    // A kind without a default model of its own gets the one that has just answered.
    const own = kinds.find((each) => each.name === wish.kind)?.default_model ?? null;
    const body = { ...wish, name: freeName(wish.kind, taken), models: [], enabled: true, ...(own === null && answered !== null && { default_model: answered }) };
    await call(api.POST("/api/v1/providers", { body }));
    await queryClient.invalidateQueries({ queryKey: ["providers"] });
    await queryClient.invalidateQueries({ queryKey: ["models"] });
    onDone();
  }

  return (
    <Form state={form}>
      <Field label={words.model.provider}>
        {(ids) => (
          <Select {...ids} {...form.bind("kind")}>
            {kinds.map((each) => (
              <option key={each.name} value={each.name}>
                {words.model.titles[each.name] ?? each.title}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {kind !== undefined && <KindFields kind={kind} form={form} />}
      {outcome !== null && !outcome.ok && (
        <Note kind="bad">
          <TrialFailure outcome={outcome} />
        </Note>
      )}
      {outcome?.ok === true && <Note kind="good">{words.model.worked(number(outcome.models.length))}</Note>}
      <FormFailure failure={anyway.failure} />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" kind="primary" className="min-h-10 flex-1" busy={form.busy}>
          {words.model.button}
        </Button>
        {outcome !== null && !outcome.ok && (
          <Button className="min-h-10" busy={anyway.busy} onClick={anyway.run}>
            {words.model.keepAnyway}
          </Button>
        )}
      </div>
    </Form>
  );
}

function wishOf(values: Record<"kind" | "api_key" | "base_url", string>): { kind: string; api_key: string | null; base_url: string | null } {
  return { kind: values.kind, api_key: values.api_key.trim() || null, base_url: values.base_url.trim() || null };
}

function KindFields({ kind, form }: { kind: Kind; form: ReturnType<typeof useForm<"kind" | "api_key" | "base_url">> }) {
  const words = useWords().account;
  return (
    <>
      {(kind.base_url === "" || kind.local) && (
        <Field label={words.model.address} hint={kind.local ? words.model.localHint : undefined} error={form.errors.base_url}>
          {(ids) => <TextInput {...ids} {...form.bind("base_url")} type="url" inputMode="url" autoComplete="off" spellCheck={false} placeholder={kind.base_url || "https://…/v1"} />}
        </Field>
      )}
      <Field
        label={kind.needs_key ? words.model.key : `${words.model.key} (${words.optional})`}
        error={form.errors.api_key}
        hint={
          <>
            {words.model.keyHint}{" "}
            <a href={kind.documentation} target="_blank" rel="noreferrer" className={LINK}>
              {words.model.documentation(words.model.titles[kind.name] ?? kind.title)}
            </a>
          </>
        }
      >
        {(ids) => <PasswordInput {...ids} {...form.bind("api_key")} autoComplete="off" maxLength={512} className="font-mono" />}
      </Field>
    </>
  );
}

/** Why a provider didn't answer, for people. */
function TrialFailure({ outcome }: { outcome: Outcome }) {
  const words = useWords().account.model;
  const known = outcome.code === null ? undefined : (words.trials as Record<string, string | undefined>)[outcome.code];
  return (
    <>
      <p className="font-medium">{words.failed}</p>
      <p>{known ?? outcome.message}</p>
    </>
  );
}
