import { useQuery } from "@tanstack/react-query";
import { useWords } from "@/i18n";
import { foldersQuery, tagsQuery } from "@/library/queries";
import { ROLES, type Role, type Terms } from "@/library/search-terms";
import { Button, Field, Select, TextInput } from "@/ui";

interface FiltersProps {
  terms: Terms;
  onChange: (terms: Terms) => void;
}

/** Which of it: when, with which tag, in which folder, by whom. */
export function SearchFilters({ terms, onChange }: FiltersProps) {
  const words = useWords().library.search;
  const folders = useQuery(foldersQuery).data ?? [];
  const tags = useQuery(tagsQuery).data ?? [];

  /** The terms with another value; without it where nothing is chosen. */
  function put(name: Exclude<keyof Terms, "q" | "role" | "order">, value: string): void {
    const { [name]: _, ...others } = terms;
    onChange(value === "" ? others : { ...others, [name]: value });
  }

  function speaker(value: string): void {
    const { role: _, ...others } = terms;
    const role = ROLES.find((each): each is Role => each === value);
    onChange(role === undefined ? others : { ...others, role });
  }

  const { q, order } = terms;
  return (
    <div className="mb-6 grid grid-cols-1 gap-4 rounded-xl border border-line bg-surface p-4 sm:grid-cols-2 lg:grid-cols-3">
      <Field label={words.from}>{(ids) => <TextInput {...ids} type="date" value={terms.from ?? ""} max={terms.to} onChange={(event) => put("from", event.target.value)} />}</Field>
      <Field label={words.to}>{(ids) => <TextInput {...ids} type="date" value={terms.to ?? ""} min={terms.from} onChange={(event) => put("to", event.target.value)} />}</Field>
      <Field label={words.role}>
        {(ids) => (
          <Select {...ids} value={terms.role ?? ""} onChange={(event) => speaker(event.target.value)}>
            <option value="">{words.any}</option>
            {ROLES.map((each) => (
              <option key={each} value={each}>
                {words.roles[each]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label={words.tag}>
        {(ids) => (
          <Select {...ids} value={terms.tag ?? ""} onChange={(event) => put("tag", event.target.value)}>
            <option value="">{words.anyTag}</option>
            {tags.map((each) => (
              <option key={each.name} value={each.name}>
                {each.name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label={words.folder}>
        {(ids) => (
          <Select {...ids} value={terms.folder ?? ""} onChange={(event) => put("folder", event.target.value)}>
            <option value="">{words.anyFolder}</option>
            {folders.map((each) => (
              <option key={each.id} value={each.id}>
                {each.name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <div className="flex items-end">
        <Button kind="quiet" onClick={() => onChange({ ...(q !== undefined && { q }), ...(order !== undefined && { order }) })}>
          {words.clearFilters}
        </Button>
      </div>
    </div>
  );
}
