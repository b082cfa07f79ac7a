import { useQuery } from "@tanstack/react-query";
import { Library, Plus, Search, X } from "lucide-react";
import { lazy, Suspense, useId, useState } from "react";
import { useWords } from "@/i18n/knowledge";
import { matching, nameOf } from "@/knowledge/names";
import { type Store, storesQuery } from "@/knowledge/stores";
import { Badge, Button, ErrorState, SkeletonList, TextInput } from "@/ui";

const CreateStore = lazy(() => import("@/knowledge/create-store").then((module) => ({ default: module.CreateStore })));

interface StorePickerProps {
  /** Ids of vector stores, `vs_…`, in the order in which they were chosen. */
  value: readonly string[];
  onChange: (value: string[]) => void;
  /** How many may be chosen; 1 makes it a choice of one. */
  most?: number;
  disabled?: boolean;
  /** Names the group for those who hear the page; its own name where none is given. */
  label?: string;
}

/** Bases beyond which there is something to search in. */
const MANY = 6;

/** Chooses among one's knowledge bases, by search, and makes a new one. */
export function StorePicker({ value, onChange, most = Infinity, disabled = false, label }: StorePickerProps) {
  const words = useWords().knowledge;
  const stores = useQuery(storesQuery);
  const [creating, setCreating] = useState(false);
  const take = (id: string) => onChange(most === 1 ? [id] : [...value.filter((each) => each !== id), id]);
  const leave = (id: string) => onChange(value.filter((each) => each !== id));
  return (
    <fieldset disabled={disabled} className="min-w-0 rounded-xl border border-line bg-surface disabled:opacity-60">
      <legend className="sr-only">{label ?? words.picker.label}</legend>
      {stores.isPending && (
        <div className="p-3">
          <SkeletonList rows={3} className="h-8" />
        </div>
      )}
      {stores.isError && stores.data === undefined && <ErrorState error={stores.error} onRetry={() => void stores.refetch()} />}
      {stores.data !== undefined && <Choices stores={stores.data} value={value} most={most} onTake={take} onLeave={leave} />}
      <div className="flex flex-wrap items-center justify-between gap-x-3 border-t border-line px-2 py-1.5">
        <Button kind="quiet" icon={<Plus size={16} aria-hidden />} onClick={() => setCreating(true)}>
          {words.picker.create}
        </Button>
        <p role="status" className="px-2 text-sm text-muted">
          {words.picker.chosen(value.length)}
          {most > 1 && most < Infinity && value.length >= most && ` · ${words.picker.most(most)}`}
        </p>
      </div>
      {creating && (
        <Suspense>
          <CreateStore onClose={() => setCreating(false)} onMade={({ id }) => take(id)} />
        </Suspense>
      )}
    </fieldset>
  );
}

interface ChoicesProps {
  stores: readonly Store[];
  value: readonly string[];
  most: number;
  onTake: (id: string) => void;
  onLeave: (id: string) => void;
}

function Choices({ stores, value, most, onTake, onLeave }: ChoicesProps) {
  const words = useWords().knowledge;
  const group = useId();
  const [term, setTerm] = useState("");
  // What is chosen stands first, as it was when the list was opened: nothing moves under the pointer.
  const [first] = useState(() => new Set(value));
  const found = matching(stores, term, words.unnamed).sort((a, b) => Number(first.has(b.id)) - Number(first.has(a.id)));
  const gone = value.filter((id) => !stores.some((store) => store.id === id));
  return (
    <>
      {stores.length > MANY && (
        <div className="relative border-b border-line p-2">
          <Search size={16} aria-hidden className="absolute top-5 left-5 text-muted" />
          <TextInput
            type="search"
            aria-label={words.picker.search}
            placeholder={words.picker.search}
            value={term}
            className="pl-9"
            onChange={(event) => setTerm(event.target.value)}
            onKeyDown={(event) => event.key === "Enter" && event.preventDefault()} // it may stand within a form
          />
        </div>
      )}
      {gone.map((id) => (
        <Gone key={id} onLeave={() => onLeave(id)} />
      ))}
      {stores.length === 0 && <p className="px-4 py-5 text-center text-sm text-muted">{words.picker.empty}</p>}
      {stores.length > 0 && found.length === 0 && <p className="px-4 py-5 text-center text-sm text-muted">{words.picker.none}</p>}
      {found.length > 0 && (
        <ul className="max-h-64 overflow-y-auto p-1">
          {most === 1 && (
            <Choice group={group} single name={words.picker.clear} checked={value.length === 0} onChange={() => value.forEach(onLeave)} />
          )}
          {found.map((store) => (
            <Choice
              key={store.id}
              group={group}
              single={most === 1}
              name={nameOf(store, words.unnamed)}
              store={store}
              checked={value.includes(store.id)}
              disabled={most > 1 && value.length >= most && !value.includes(store.id)}
              onChange={(on) => (on ? onTake(store.id) : onLeave(store.id))}
            />
          ))}
        </ul>
      )}
    </>
  );
}

interface ChoiceProps {
  group: string;
  single: boolean;
  name: string;
  store?: Store;
  checked: boolean;
  disabled?: boolean;
  onChange: (on: boolean) => void;
}

function Choice({ group, single, name, store, checked, disabled = false, onChange }: ChoiceProps) {
  const words = useWords().knowledge;
  return (
    <li>
      <label className="flex min-h-10 cursor-pointer items-center gap-3 rounded-lg px-2.5 py-1.5 hover:bg-hover has-disabled:cursor-not-allowed has-disabled:opacity-60">
        <input type={single ? "radio" : "checkbox"} name={group} checked={checked} disabled={disabled} className="size-5 shrink-0 accent-accent" onChange={(event) => onChange(event.target.checked)} />
        {store !== undefined && <Library size={16} aria-hidden className="shrink-0 text-muted" />}
        <span className="min-w-0 flex-1 truncate text-sm">{name}</span>
        {store !== undefined && (
          <span className="shrink-0 text-xs text-muted">
            {store.status === "expired" ? <Badge tone="warning">{words.list.expired}</Badge> : store.file_counts.total === 0 ? words.list.noFiles : words.files(store.file_counts.total)}
          </span>
        )}
      </label>
    </li>
  );
}

/** One that was chosen and isn't there for this person (any more). */
function Gone({ onLeave }: { onLeave: () => void }) {
  const words = useWords().knowledge.picker;
  return (
    <p className="flex items-center gap-3 border-b border-line px-3.5 py-2 text-sm">
      <span className="min-w-0 flex-1">
        {words.gone} <span className="text-muted">{words.goneHint}</span>
      </span>
      <Button kind="quiet" icon={<X size={15} aria-hidden />} onClick={onLeave}>
        {words.take(words.gone)}
      </Button>
    </p>
  );
}
