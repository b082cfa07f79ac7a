import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Boxes, Pencil, RotateCcw } from "lucide-react";
import { useState } from "react";
import { useAdminWords } from "@/i18n/admin";
import { compact } from "@/i18n/format";
import { CATALOGUE, listPrices, type Model, PRICES, resetModel } from "@/pages/admin/models/data";
import { matches, priceOf } from "@/pages/admin/models/shown";
import { useShowing } from "@/pages/admin/models/showing";
import { useAct } from "@/pages/admin/optimistic";
import { Toggle } from "@/pages/admin/toggle";
import { Badge, Button, EmptyState, Field, type MenuItem, Section, Select, Skeleton, TextInput } from "@/ui";
import { type Column, DataTable } from "@/ui/table";

interface Filter {
  search: string;
  provider: string;
  kind: Model["kind"] | "";
}

const STEP = 50;

/** All that the providers offer. */
export function Catalogue({ models, onEdit }: { models: readonly Model[]; onEdit: (model: Model) => void }) {
  const words = useAdminWords().models.catalogue;
  const [filter, setFilter] = useState<Filter>({ search: "", provider: "", kind: "" });
  const [most, setMost] = useState(STEP);
  const columns = useColumns();
  const actions = useActions(onEdit);
  const fitting = models.filter(
    (model) => (filter.provider === "" || model.provider === filter.provider) && (filter.kind === "" || model.kind === filter.kind) && matches(model, filter.search),
  );
  const empty = (
    <EmptyState icon={<Boxes aria-hidden />} title={words.none}>
      {words.noneText}
    </EmptyState>
  );
  return (
    <Section title={words.title} description={words.text}>
      <Filters models={models} filter={filter} onChange={setFilter} />
      <p role="status" className="mb-2 text-sm text-muted">
        {words.count(fitting.length, models.length)}
      </p>
      <DataTable label={words.list} columns={columns} rows={fitting.slice(0, most)} rowKey={(model) => model.id} rowName={(model) => model.id} empty={empty} actions={actions} />
      {fitting.length > most && (
        <div className="mt-4 flex justify-center">
          <Button onClick={() => setMost(most + STEP)}>{words.more}</Button>
        </div>
      )}
    </Section>
  );
}

function useActions(onEdit: (model: Model) => void): (model: Model) => MenuItem[] {
  const client = useQueryClient();
  const words = useAdminWords().models;
  const act = useAct();
  return (model) => [
    { label: words.catalogue.edit, icon: <Pencil />, onSelect: () => onEdit(model) },
    {
      label: words.catalogue.reset,
      icon: <RotateCcw />,
      onSelect: () =>
        void act({
          touches: CATALOGUE,
          send: async () => {
            await resetModel(model.id);
            void client.invalidateQueries({ queryKey: ["models"] });
          },
          done: words.catalogue.resetDone(model.id),
          failed: (why) => words.notChanged(model.id, why),
        }),
    },
  ];
}

function Filters({ models, filter, onChange }: { models: readonly Model[]; filter: Filter; onChange: (filter: Filter) => void }) {
  const words = useAdminWords().models.catalogue;
  const providers = [...new Set(models.map((model) => model.provider ?? ""))];
  return (
    <div role="search" className="mb-4 grid grid-cols-2 gap-3 sm:grid-cols-[1fr_12rem_10rem]">
      <div className="col-span-2 sm:col-span-1">
        <Field label={words.search}>
          {(ids) => <TextInput {...ids} type="search" value={filter.search} onChange={(event) => onChange({ ...filter, search: event.target.value })} />}
        </Field>
      </div>
      <Field label={words.provider}>
        {(ids) => (
          <Select {...ids} value={filter.provider} onChange={(event) => onChange({ ...filter, provider: event.target.value })}>
            <option value="">{words.anyProvider}</option>
            {providers.map((provider) => (
              <option key={provider}>{provider}</option>
            ))}
          </Select>
        )}
      </Field>
      <Field label={words.kind}>
        {(ids) => (
          <Select {...ids} value={filter.kind} onChange={(event) => onChange({ ...filter, kind: event.target.value as Filter["kind"] })}>
            <option value="">{words.anyKind}</option>
            {(["chat", "embedding", "other"] as const).map((kind) => (
              <option key={kind} value={kind}>
                {words.kinds[kind]}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </div>
  );
}

function useColumns(): Column<Model>[] {
  const words = useAdminWords().models.catalogue;
  return [
    { key: "model", header: words.columns.model, title: true, sort: (model) => model.id, cell: (model) => <Name model={model} /> },
    { key: "kind", header: words.columns.kind, sort: (model) => model.kind, cell: (model) => words.kinds[model.kind] },
    { key: "context", header: words.columns.context, end: true, from: 760, sort: (model) => model.context_length ?? 0, cell: (model) => (model.context_length === null ? "–" : compact(model.context_length)) },
    { key: "price", header: words.columns.price, end: true, cell: (model) => <Price model={model} /> },
    { key: "shown", header: words.columns.shown, cell: (model) => <Shown model={model} /> },
  ];
}

function Name({ model }: { model: Model }) {
  const words = useAdminWords().models;
  return (
    <div className="min-w-0">
      <p className={model.enabled ? "" : "text-muted"}>
        <span className="font-medium">{model.title}</span> {model.default && <Badge tone="accent">{words.catalogue.isDefault}</Badge>}
      </p>
      {model.title !== model.id && <p className="font-mono text-xs text-muted">{model.id}</p>}
      {model.fallbacks.length > 0 && <p className="text-muted">{words.aliases.then(model.fallbacks.join(", "))}</p>}
    </div>
  );
}

/** Prices are looked up apart: the first time that takes a moment, and nobody should wait for the list meanwhile. */
function Price({ model }: { model: Model }) {
  const words = useAdminWords().models.catalogue;
  const found = useQuery({ queryKey: PRICES, queryFn: listPrices, staleTime: 10 * 60_000 });
  if (found.isPending) return <Skeleton className="ml-auto h-4 w-28" />;
  const price = found.data?.data.find((each) => each.id === model.id)?.price ?? null;
  return <span className={price === null ? "text-muted" : ""}>{priceOf(price, words)}</span>;
}

function Shown({ model }: { model: Model }) {
  const words = useAdminWords().models.catalogue;
  const show = useShowing();
  return <Toggle label={words.show(model.id)} checked={model.enabled} onChange={(enabled) => show(model, enabled)} />;
}
