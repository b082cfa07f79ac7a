import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Library, Plus, Search } from "lucide-react";
import { useState } from "react";
import { useWords } from "@/i18n/knowledge";
import { bytes } from "@/i18n/format";
import { CreateStore } from "@/knowledge/create-store";
import { DeleteStore } from "@/knowledge/delete-store";
import { matching } from "@/knowledge/names";
import { StoreRow } from "@/knowledge/store-row";
import { quotaQuery, type Store, storesQuery } from "@/knowledge/stores";
import { Button, EmptyState, ErrorState, Page, SkeletonList, TextInput } from "@/ui";

/** Bases beyond which there is something to search in. */
const MANY = 5;

/** One's knowledge bases. */
export function KnowledgePage() {
  const words = useWords().knowledge;
  const stores = useQuery(storesQuery);
  const [creating, setCreating] = useState(false);
  const [deleting, setDeleting] = useState<Store | null>(null);
  const navigate = useNavigate();
  const create = (
    <Button kind="primary" icon={<Plus size={17} aria-hidden />} onClick={() => setCreating(true)}>
      {words.create.action}
    </Button>
  );
  return (
    <Page title={words.title} description={words.text} actions={stores.data?.length === 0 ? undefined : create}>
      {stores.isPending && <SkeletonList rows={4} className="h-20" />}
      {stores.isError && stores.data === undefined && <ErrorState error={stores.error} onRetry={() => void stores.refetch()} />}
      {stores.data?.length === 0 && (
        <EmptyState icon={<Library aria-hidden />} title={words.list.empty} action={create}>
          {words.list.emptyText}
        </EmptyState>
      )}
      {stores.data !== undefined && stores.data.length > 0 && <Stores stores={stores.data} onDelete={setDeleting} />}
      <Quota />
      {creating && <CreateStore onClose={() => setCreating(false)} onMade={({ id }) => void navigate({ to: "/knowledge/$storeId", params: { storeId: id } })} />}
      {deleting !== null && <DeleteStore store={deleting} onClose={() => setDeleting(null)} />}
    </Page>
  );
}

function Stores({ stores, onDelete }: { stores: readonly Store[]; onDelete: (store: Store) => void }) {
  const words = useWords().knowledge;
  const [term, setTerm] = useState("");
  const found = matching(stores, term, words.unnamed);
  return (
    <>
      {stores.length > MANY && (
        <div className="relative mb-4">
          <Search size={16} aria-hidden className="absolute top-3 left-3 text-muted" />
          <TextInput type="search" aria-label={words.list.search} placeholder={words.list.search} value={term} className="pl-9" onChange={(event) => setTerm(event.target.value)} />
        </div>
      )}
      <p role="status" className="sr-only">
        {term === "" ? "" : words.list.quota(found.length, stores.length)}
      </p>
      {found.length === 0 ? (
        <EmptyState icon={<Search aria-hidden />} title={words.list.none(term)} />
      ) : (
        <ul aria-label={words.list.label} className="divide-y divide-line rounded-xl border border-line bg-surface">
          {found.map((store) => (
            <StoreRow key={store.id} store={store} onDelete={() => onDelete(store)} />
          ))}
        </ul>
      )}
    </>
  );
}

function Quota() {
  const words = useWords().knowledge.list;
  const { data } = useQuery(quotaQuery);
  if (data === undefined) return null;
  return (
    <div className="mt-4 flex flex-col gap-1 text-sm text-muted">
      <p>
        {words.quota(data.stores, data.most_stores)} · {words.space(bytes(data.bytes), bytes(data.most_bytes))}
      </p>
      {data.embedding_model == null && <p>{words.words}</p>}
    </div>
  );
}
