import { Plus, X } from "lucide-react";
import { type FormEvent, useId, useRef, useState } from "react";
import { explain } from "@/api";
import { toast } from "@/app/toast";
import { useWords } from "@/i18n/knowledge";
import { type Attributes, describe, type StoredFile } from "@/knowledge/stores";
import { plain } from "@/md";
import { Button, Dialog, IconButton, TextInput } from "@/ui";

interface Row {
  key: number;
  name: string;
  value: string;
}

const MOST = 16;

/** A number or a truth where it is written as one: filters compare them as such. */
export function valueOf(text: string): string | number | boolean {
  if (text === "true" || text === "false") return text === "true";
  return /^-?(0|[1-9]\d{0,14})(\.\d{1,10})?$/.test(text) ? Number(text) : text;
}

/** What a file is found by beside its words. */
export function AttributesDialog({ storeId, file, onClose }: { storeId: string; file: StoredFile; onClose: () => void }) {
  const words = useWords();
  const said = words.knowledge.attributes;
  const form = useId();
  const [rows, setRows] = useState<readonly Row[]>(() => Object.entries(file.attributes ?? {}).map(([name, value], key) => ({ key, name, value: String(value) })));
  const next = useRef(rows.length);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const change = (key: number, change: Partial<Row>) => setRows(rows.map((row) => (row.key === key ? { ...row, ...change } : row)));

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const given = rows.filter((row) => row.name.trim() !== "");
    const names = given.map((row) => row.name.trim());
    if (new Set(names).size < names.length) return setError(said.twice);
    setBusy(true);
    try {
      const attributes: Attributes = Object.fromEntries(given.map((row) => [row.name.trim(), valueOf(row.value.trim())]));
      await describe(storeId, file.id, attributes);
      toast({ text: said.saved });
      onClose();
    } catch (failure) {
      setError(explain(failure, words));
      setBusy(false);
    }
  }

  const actions = (
    <>
      <Button onClick={onClose}>{words.common.cancel}</Button>
      <Button kind="primary" type="submit" form={form} busy={busy}>
        {words.common.save}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={said.title(plain(file.prosa.filename))} description={said.text} actions={actions}>
      <form id={form} onSubmit={(event) => void submit(event)} className="flex flex-col gap-2">
        {rows.length === 0 && <p className="text-sm text-muted">{said.none}</p>}
        {rows.map((row, index) => (
          <div key={row.key} className="flex items-center gap-2">
            <TextInput aria-label={said.name(index + 1)} placeholder={said.nameHead} value={row.name} maxLength={64} onChange={(event) => change(row.key, { name: event.target.value })} />
            <TextInput aria-label={said.value(index + 1)} placeholder={said.valueHead} value={row.value} maxLength={512} onChange={(event) => change(row.key, { value: event.target.value })} />
            <IconButton label={said.remove(index + 1)} size="small" onClick={() => setRows(rows.filter((each) => each.key !== row.key))}>
              <X size={16} aria-hidden />
            </IconButton>
          </div>
        ))}
        {error !== null && (
          <p role="alert" className="text-sm text-danger">
            {error}
          </p>
        )}
        <Button kind="quiet" className="self-start" disabled={rows.length >= MOST} icon={<Plus size={16} aria-hidden />} onClick={() => setRows([...rows, { key: next.current++, name: "", value: "" }])}>
          {said.add}
        </Button>
      </form>
    </Dialog>
  );
}
