import { ChevronRight } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { explain } from "@/api";
import { useWords } from "@/i18n/knowledge";
import { createStore, type Store, USUAL } from "@/knowledge/stores";
import { Button, Dialog, Field, Select, TextArea, TextInput } from "@/ui";

const DAYS = [7, 30, 90, 365] as const;

/** A new knowledge base. */
export function CreateStore({ onClose, onMade, name: given = "" }: { onClose: () => void; onMade: (store: Store) => void; name?: string }) {
  const words = useWords();
  const said = words.knowledge.create;
  const form = useId();
  const [name, setName] = useState(given);
  const [description, setDescription] = useState("");
  const [days, setDays] = useState<number | null>(null);
  const [length, setLength] = useState(String(USUAL.max_chunk_size_tokens));
  const [overlap, setOverlap] = useState(String(USUAL.chunk_overlap_tokens));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const sizes = { max_chunk_size_tokens: Number(length), chunk_overlap_tokens: Number(overlap) };
  const badLength = !within(sizes.max_chunk_size_tokens, 100, 4_096);
  const half = Math.floor(sizes.max_chunk_size_tokens / 2);
  const badOverlap = !badLength && (overlap.trim() === "" || !within(sizes.chunk_overlap_tokens, 0, Math.min(half, 2_048)));

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    event.stopPropagation(); // it may stand within another form's page
    setBusy(true);
    try {
      const made = await createStore({ name, description, days, sizes });
      onClose();
      onMade(made);
    } catch (failure) {
      setError(explain(failure, words));
      setBusy(false);
    }
  }

  const actions = (
    <>
      <Button onClick={onClose}>{words.common.cancel}</Button>
      <Button kind="primary" type="submit" form={form} busy={busy} disabled={name.trim() === "" || badLength || badOverlap}>
        {said.submit}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={said.title} actions={actions}>
      <form id={form} onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <Field label={said.name} error={error}>
          {(ids) => <TextInput {...ids} value={name} maxLength={256} autoComplete="off" placeholder={said.namePlaceholder} onChange={(event) => setName(event.target.value)} />}
        </Field>
        <Field label={said.description} hint={said.descriptionHint}>
          {(ids) => <TextArea {...ids} rows={2} value={description} maxLength={1024} onChange={(event) => setDescription(event.target.value)} />}
        </Field>
        <Expiry days={days} onChange={setDays} />
        <details className="group">
          <summary className="flex min-h-8 cursor-pointer list-none items-center gap-1.5 rounded-md text-sm font-medium text-muted hover:text-ink">
            <ChevronRight size={16} aria-hidden className="transition-transform group-open:rotate-90" />
            {said.advanced}
          </summary>
          <div className="mt-3 flex flex-col gap-4">
            <Field label={said.length} hint={said.lengthHint} error={badLength ? said.badLength : null}>
              {(ids) => <TextInput {...ids} inputMode="numeric" value={length} onChange={(event) => setLength(event.target.value)} />}
            </Field>
            <Field label={said.overlap} hint={said.overlapHint} error={badOverlap ? said.badOverlap(Math.min(half, 2_048)) : null}>
              {(ids) => <TextInput {...ids} inputMode="numeric" value={overlap} onChange={(event) => setOverlap(event.target.value)} />}
            </Field>
          </div>
        </details>
      </form>
    </Dialog>
  );
}

const within = (value: number, least: number, most: number): boolean => Number.isInteger(value) && value >= least && value <= most;

/** How long it is kept without being used. */
export function Expiry({ days, onChange }: { days: number | null; onChange: (days: number | null) => void }) {
  const words = useWords().knowledge.create;
  const offered = days === null || DAYS.some((each) => each === days) ? [...DAYS] : [...DAYS, days].sort((a, b) => a - b);
  return (
    <Field label={words.expires} hint={days === null ? undefined : words.expiresHint}>
      {(ids) => (
        <Select {...ids} value={days ?? ""} onChange={(event) => onChange(event.target.value === "" ? null : Number(event.target.value))}>
          <option value="">{words.keep}</option>
          {offered.map((each) => (
            <option key={each} value={each}>
              {words.days(each)}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
