import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { ApiError } from "@/api";
import { toast } from "@/app/toast";
import { useWords } from "@/i18n";
import { useAdminWords } from "@/i18n/admin";
import { useExplain } from "@/pages/admin/explain";
import { addAlias, changeModel, getModel, isAlias, type Model } from "@/pages/admin/models/data";
import { asAlias, asPatch, draftOf, emptyDraft, type ModelDraft } from "@/pages/admin/models/draft";
import { Fallbacks, Targets } from "@/pages/admin/models/model-lists";
import { PriceFields } from "@/pages/admin/models/price-fields";
import { Button, Dialog, ErrorState, Field, SkeletonList, TextInput } from "@/ui";

const FORM = "model-form";

interface ModelDialogProps {
  /** null: a new alias. */
  model: Model | null;
  /** Names that targets and fallbacks can be. */
  names: readonly string[];
  onClose: () => void;
}

/** An alias with where it leads, or a provider's model with its title and fallbacks. */
export function ModelDialog({ model, names, onClose }: ModelDialogProps) {
  const common = useWords().common;
  const words = useAdminWords().models.form;
  const [busy, setBusy] = useState(false);
  // Read anew each time it is opened, and never while it is being edited.
  const found = useQuery({
    queryKey: ["admin-edit", "model", model?.id],
    queryFn: () => getModel(model?.id ?? ""),
    enabled: model !== null,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const read = found.data;
  const actions = (
    <>
      <Button onClick={onClose}>{common.cancel}</Button>
      <Button kind="primary" type="submit" form={FORM} busy={busy} disabled={model !== null && read === undefined}>
        {words.save}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} wide title={model === null ? words.addTitle : words.editTitle(model.id)} actions={actions}>
      {model === null && <Form model={null} etag={null} names={names} onBusy={setBusy} onClose={onClose} />}
      {read !== undefined && <Form model={read.data} etag={read.etag} names={names} onBusy={setBusy} onClose={onClose} />}
      {model !== null && read === undefined && (found.error ? <ErrorState error={found.error} onRetry={() => void found.refetch()} /> : <SkeletonList rows={3} />)}
    </Dialog>
  );
}

interface FormProps {
  model: Model | null;
  etag: string | null;
  names: readonly string[];
  onBusy: (busy: boolean) => void;
  onClose: () => void;
}

function Form({ model, etag, names, onBusy, onClose }: FormProps) {
  const client = useQueryClient();
  const words = useAdminWords().models.form;
  const why = useExplain();
  const list = useId();
  const first = model === null ? emptyDraft() : draftOf(model);
  const [draft, setDraft] = useState<ModelDraft>(first);
  const [error, setError] = useState<{ param: string; text: string } | null>(null);
  const put = (changes: Partial<ModelDraft>) => setDraft((before) => ({ ...before, ...changes }));
  const wrong = (param: string): string | null => (error?.param === param ? error.text : null);
  const fixed = model !== null && isAlias(model) && model.origin !== "database";

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    onBusy(true);
    setError(null);
    try {
      if (model === null) await addAlias(asAlias(draft));
      else await changeModel(model.id, asPatch(draft, first), etag);
      toast({ text: model === null ? words.added(draft.name.trim()) : words.saved(model.id) });
      void client.invalidateQueries({ queryKey: ["admin"] });
      void client.invalidateQueries({ queryKey: ["models"] });
      onClose();
    } catch (failure) {
      setError(wrongOf(failure, why, words));
      onBusy(false);
    }
  }

  const placed = error !== null && /^(name|title|targets|fallbacks|price)/.test(error.param);
  return (
    <form id={FORM} noValidate className="flex flex-col gap-6" onSubmit={(event) => void submit(event)}>
      {model === null && (
        <Field label={words.name} hint={words.nameHint} error={wrong("name")}>
          {(ids) => <TextInput {...ids} autoComplete="off" spellCheck={false} value={draft.name} onChange={(event) => put({ name: event.target.value })} />}
        </Field>
      )}
      <Field label={words.title} hint={words.titleHint} error={wrong("title")}>
        {(ids) => <TextInput {...ids} autoComplete="off" value={draft.title} onChange={(event) => put({ title: event.target.value })} />}
      </Field>
      {(model === null || isAlias(model)) && (fixed ? <p className="text-sm text-muted">{words.fixedTargets}</p> : <Targets list={list} draft={draft} put={put} wrong={wrong} />)}
      {!fixed && <Fallbacks list={list} draft={draft} put={put} wrong={wrong} />}
      {model !== null && !isAlias(model) && <PriceFields model={model} draft={draft} put={put} wrong={error?.param.startsWith("price") === true ? error.text : null} />}
      <datalist id={list}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {error !== null && !placed && (
        <p role="alert" className="text-sm text-danger">
          {error.text}
        </p>
      )}
    </form>
  );
}

/** `targets.0.model` is told beside that very target. */
function wrongOf(failure: unknown, why: (error: unknown) => string, words: { conflict: string; wrong: Record<string, string> }): { param: string; text: string } {
  if (!(failure instanceof ApiError)) return { param: "", text: why(failure) };
  if (failure.status === 412) return { param: "", text: words.conflict };
  const param = (failure.param ?? failure.errors[0]?.param ?? "").replace(/\.model$/, "");
  const own = failure.code === "unfit_value" || failure.code === "invalid_body";
  return { param, text: (own ? words.wrong[param.split(".")[0] ?? ""] : undefined) ?? why(failure) };
}
