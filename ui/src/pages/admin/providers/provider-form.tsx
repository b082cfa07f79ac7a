import { type FormEvent, useState } from "react";
import { ApiError, type Schemas } from "@/api";
import { useAdminWords } from "@/i18n/admin";
import { useExplain } from "@/pages/admin/explain";
import { type Provider, type ProviderKind, testDraft } from "@/pages/admin/providers/data";
import type { Draft } from "@/pages/admin/providers/draft";
import { TrialResult, type TrialState, tryIt } from "@/pages/admin/providers/trial";
import { Button, Checkbox, Field, TextArea, TextInput } from "@/ui";

export const FORM = "provider-form";

interface ProviderFormProps {
  kind: ProviderKind;
  stored?: Provider;
  first: Draft;
  trial: (draft: Draft) => Schemas["DraftTrial"];
  onSave: (draft: Draft) => Promise<void>;
  onBusy: (busy: boolean) => void;
}

interface Wrong {
  param: string | null;
  text: string;
}

interface PartProps extends Pick<ProviderFormProps, "kind" | "stored"> {
  draft: Draft;
  put: (changes: Partial<Draft>) => void;
  /** What is wrong with this field. */
  wrong: (param: string) => string | null;
}

/** A provider's facts. The key is typed, never shown. */
export function ProviderForm({ kind, stored, first, trial, onSave, onBusy }: ProviderFormProps) {
  const words = useAdminWords().providers;
  const why = useExplain();
  const [draft, setDraft] = useState(first);
  const [shown, setShown] = useState<TrialState>();
  const [error, setError] = useState<Wrong | null>(null);
  const part: PartProps = {
    kind,
    ...(stored !== undefined && { stored }),
    draft,
    put: (changes) => setDraft((before) => ({ ...before, ...changes })),
    wrong: (param) => (error !== null && error.param?.split(".")[0] === param ? error.text : null),
  };
  const placed = ["name", "api_key", "base_url", "models", "default_model", "default_embedding_model", "context_length"].some((param) => part.wrong(param) !== null);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    onBusy(true);
    setError(null);
    try {
      await onSave(draft);
    } catch (failure) {
      setError(wrongOf(failure, why, words.form.wrong));
    } finally {
      onBusy(false);
    }
  }

  return (
    <form id={FORM} noValidate className="flex flex-col gap-5" onSubmit={(event) => void submit(event)}>
      <Main {...part} />
      <More {...part} open={first.models !== "" || first.context_length !== "" || kind.default_model === null} />
      <div className="flex flex-col gap-3">
        <Button className="self-start" disabled={shown?.state === "running"} onClick={() => void tryIt(() => testDraft(trial(draft)), setShown)}>
          {words.test}
        </Button>
        <TrialResult shown={shown} />
      </div>
      {error !== null && !placed && (
        <p role="alert" className="text-sm text-danger">
          {error.text}
        </p>
      )}
    </form>
  );
}

/** What the server found wrong, and with which field. */
function wrongOf(failure: unknown, why: (error: unknown) => string, fields: Record<string, string>): Wrong {
  if (!(failure instanceof ApiError)) return { param: null, text: why(failure) };
  const param = failure.param ?? failure.errors[0]?.param ?? null;
  if (failure.status === 412) return { param, text: failure.detail };
  const own = failure.code === "unfit_value" || failure.code === "invalid_body";
  return { param, text: (own ? fields[param?.split(".")[0] ?? ""] : undefined) ?? why(failure) };
}

function Main({ kind, stored, draft, put, wrong }: PartProps) {
  const words = useAdminWords().providers.form;
  const keyHint = (
    <>
      {stored?.key_set === true && <span className="block">{words.keyKept(stored.key_hint ?? "…")}</span>}
      {kind.documentation !== "" && kind.needs_key && <span className="block">{words.keyHint(kind.documentation)}</span>}
      <span className="block">{words.keySealed}</span>
    </>
  );
  return (
    <>
      {stored === undefined && (
        <Field label={words.name} hint={words.nameHint} error={wrong("name")}>
          {(ids) => <TextInput {...ids} value={draft.name} autoComplete="off" spellCheck={false} onChange={(event) => put({ name: event.target.value })} />}
        </Field>
      )}
      <Field label={words.key} hint={keyHint} error={wrong("api_key")}>
        {(ids) => <TextInput {...ids} type="password" autoComplete="new-password" value={draft.api_key} onChange={(event) => put({ api_key: event.target.value })} />}
      </Field>
      {stored?.key_set === true && !kind.needs_key && draft.api_key === "" && (
        <Checkbox label={words.removeKey} checked={draft.removeKey} onChange={(event) => put({ removeKey: event.target.checked })} />
      )}
      <Field
        label={words.address}
        hint={
          <>
            {kind.base_url === "" ? words.addressNeeded : words.addressHint(kind.base_url)} {kind.local && words.local}
          </>
        }
        error={wrong("base_url")}
      >
        {(ids) => <TextInput {...ids} type="url" autoComplete="off" spellCheck={false} value={draft.base_url} onChange={(event) => put({ base_url: event.target.value })} />}
      </Field>
    </>
  );
}

function More({ kind, draft, put, wrong, open }: PartProps & { open: boolean }) {
  const words = useAdminWords().providers.form;
  const opened = open || ["models", "default_model", "default_embedding_model", "context_length"].some((param) => wrong(param) !== null);
  return (
    <details open={opened} className="rounded-xl border border-line px-4 py-3">
      <summary className="min-h-6 text-sm font-medium">{words.more}</summary>
      <div className="mt-4 flex flex-col gap-5 pb-1">
        <Field label={words.models} hint={words.modelsHint} error={wrong("models")}>
          {(ids) => <TextArea {...ids} rows={3} spellCheck={false} className="font-mono" value={draft.models} onChange={(event) => put({ models: event.target.value })} />}
        </Field>
        <div className="grid gap-5 sm:grid-cols-2">
          <Field label={words.defaultModel} error={wrong("default_model")}>
            {(ids) => (
              <TextInput
                {...ids}
                autoComplete="off"
                spellCheck={false}
                placeholder={kind.default_model ?? ""}
                value={draft.default_model}
                onChange={(event) => put({ default_model: event.target.value })}
              />
            )}
          </Field>
          <Field label={words.defaultEmbeddingModel} error={wrong("default_embedding_model")}>
            {(ids) => (
              <TextInput
                {...ids}
                autoComplete="off"
                spellCheck={false}
                placeholder={kind.default_embedding_model ?? ""}
                value={draft.default_embedding_model}
                onChange={(event) => put({ default_embedding_model: event.target.value })}
              />
            )}
          </Field>
        </div>
        {kind.name === "ollama" && (
          <Field label={words.contextLength} error={wrong("context_length")}>
            {(ids) => <TextInput {...ids} inputMode="numeric" value={draft.context_length} onChange={(event) => put({ context_length: event.target.value })} />}
          </Field>
        )}
      </div>
    </details>
  );
}
