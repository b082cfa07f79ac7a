import { ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import type { AssistantDraft, Format, SchemaDraft } from "@/assistants/draft";
import { ADVANCED } from "@/assistants/problems";
import { SchemaField } from "@/assistants/schema-field";
import type { FormPart } from "@/assistants/use-editing";
import { useWords } from "@/i18n/assistants";
import { Checkbox, Field, Select, TextInput } from "@/ui";

/** What few need: folded, unless something of it is said or wrong. */
export function Advanced(part: FormPart) {
  const words = useWords().assistants.advanced;
  const { draft, problems } = part;
  const id = useId();
  const said = [draft.temperature, draft.topP, draft.effort, draft.promptTokens, draft.completionTokens].some((text) => text !== "") || draft.format !== "auto";
  const [open, setOpen] = useState(said);
  const shown = open || ADVANCED.some((place) => problems[place] !== undefined);
  return (
    <section aria-labelledby={id} className="rounded-xl border border-line bg-surface">
      <h2 id={id}>
        <button type="button" aria-expanded={shown} onClick={() => setOpen(!shown)} className="flex min-h-14 w-full items-center gap-2 rounded-xl px-4 py-3 text-left sm:px-5">
          <span className="min-w-0 flex-1 text-base font-semibold">{words.title}</span>
          <ChevronRight size={18} aria-hidden className={`shrink-0 text-muted transition-transform ${shown ? "rotate-90" : ""}`} />
        </button>
      </h2>
      {shown && (
        <div className="flex flex-col gap-5 px-4 pb-5 sm:px-5">
          <p className="-mt-2 text-sm text-muted">{words.text}</p>
          <Numbers {...part} />
          <Answer {...part} />
        </div>
      )}
    </section>
  );
}

function Numbers({ draft, put, problems }: FormPart) {
  const words = useWords().assistants.advanced;
  const efforts = Object.entries(words.efforts);
  return (
    <div className="grid gap-5 @lg:grid-cols-2">
      <NumberField label={words.temperature} hint={words.temperatureHint} error={problems.temperature} value={draft.temperature} onChange={(temperature) => put({ temperature })} />
      <NumberField label={words.topP} hint={words.topPHint} error={problems.topP} value={draft.topP} onChange={(topP) => put({ topP })} />
      <NumberField label={words.prompt} hint={words.tokensHint} error={problems.promptTokens} value={draft.promptTokens} onChange={(promptTokens) => put({ promptTokens })} />
      <NumberField label={words.completion} hint={words.tokensHint} error={problems.completionTokens} value={draft.completionTokens} onChange={(completionTokens) => put({ completionTokens })} />
      <Field label={words.effort} hint={words.effortHint} error={problems.effort}>
        {(ids) => (
          <Select {...ids} value={draft.effort} onChange={(event) => put({ effort: event.target.value })}>
            {efforts.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </div>
  );
}

function NumberField({ label, hint, error, value, onChange }: { label: string; hint: string; error: string | undefined; value: string; onChange: (value: string) => void }) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => <TextInput {...ids} inputMode="decimal" autoComplete="off" maxLength={20} value={value} onChange={(event) => onChange(event.target.value)} />}
    </Field>
  );
}

function Answer({ draft, put, problems }: FormPart) {
  const words = useWords().assistants.advanced;
  const formats = Object.entries(words.formats) as [Format, string][];
  return (
    <>
      <Field label={words.format} error={problems.format}>
        {(ids) => (
          <Select {...ids} className="max-w-md" value={draft.format} onChange={(event) => put({ format: event.target.value as Format })}>
            {formats.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {draft.format === "json_schema" && <Schema draft={draft} put={put} problems={problems} />}
    </>
  );
}

function Schema({ draft, put, problems }: FormPart) {
  const words = useWords().assistants.advanced;
  const { schema }: AssistantDraft = draft;
  const change = (changes: Partial<SchemaDraft>) => put({ schema: { ...schema, ...changes } });
  return (
    <div className="flex flex-col gap-5 border-l-2 border-line pl-4">
      <Field label={words.schemaName} error={problems.schemaName}>
        {(ids) => <TextInput {...ids} autoComplete="off" autoCapitalize="none" spellCheck={false} maxLength={64} className="max-w-md font-mono" value={schema.name} onChange={(event) => change({ name: event.target.value })} />}
      </Field>
      <SchemaField label={words.schema} value={schema.schema} object={false} checked={problems.schema !== undefined} onChange={(text) => change({ schema: text })} />
      <Checkbox label={words.schemaStrict} checked={schema.strict === true} onChange={(event) => change({ strict: event.target.checked ? true : null })} />
    </div>
  );
}
