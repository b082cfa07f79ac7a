import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Cable, Plus } from "lucide-react";
import { useState } from "react";
import { toast } from "@/app/toast";
import { useAdminWords } from "@/i18n/admin";
import { useExplain } from "@/pages/admin/explain";
import { Head } from "@/pages/admin/parts";
import { isOwn, KINDS, listKinds, listProviders, type Provider, PROVIDERS, type ProvidersFound, removeProvider } from "@/pages/admin/providers/data";
import { AddDialog, EditDialog } from "@/pages/admin/providers/provider-dialogs";
import { ProviderRow } from "@/pages/admin/providers/provider-row";
import { Button, Confirm, EmptyState, ErrorState, SkeletonList } from "@/ui";

/** Whom models are asked of. */
export function ProvidersPage() {
  const client = useQueryClient();
  const words = useAdminWords().providers;
  const why = useExplain();
  const [adding, setAdding] = useState(false);
  const [editing, setEditing] = useState<Provider | null>(null);
  const [removing, setRemoving] = useState<Provider | null>(null);
  const found = useQuery({ queryKey: PROVIDERS, queryFn: listProviders });
  const kinds = useQuery({ queryKey: KINDS, queryFn: listKinds, staleTime: Number.POSITIVE_INFINITY });
  const providers = found.data?.data;

  async function remove(provider: Provider): Promise<void> {
    await removeProvider(provider.name);
    client.setQueryData<ProvidersFound>(PROVIDERS, (page) => page && { ...page, data: page.data.filter((each) => each.name !== provider.name) });
    void client.invalidateQueries({ queryKey: ["admin"] });
    toast({ text: words.removing.done(provider.name) });
  }

  const add = (
    <Button kind="primary" icon={<Plus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      {words.add}
    </Button>
  );
  return (
    <>
      <Head title={words.title} text={words.text} actions={add} />
      {providers === undefined && (found.error ? <ErrorState error={found.error} onRetry={() => void found.refetch()} /> : <SkeletonList rows={4} className="h-20" />)}
      {providers?.length === 0 && (
        <EmptyState icon={<Cable aria-hidden />} title={words.none}>
          {words.noneText}
        </EmptyState>
      )}
      {providers !== undefined && providers.length > 0 && (
        <ul aria-label={words.list} className="divide-y divide-line rounded-xl border border-line bg-surface">
          {providers.map((provider) => (
            <ProviderRow key={provider.name} provider={provider} own={providers.filter(isOwn)} onEdit={() => setEditing(provider)} onRemove={() => setRemoving(provider)} />
          ))}
        </ul>
      )}
      {adding && <AddDialog kinds={kinds} taken={providers?.map((each) => each.name) ?? []} onClose={() => setAdding(false)} />}
      {editing !== null && <EditDialog name={editing.name} kinds={kinds.data?.data ?? []} onClose={() => setEditing(null)} />}
      {removing !== null && (
        <Confirm
          open
          onClose={() => setRemoving(null)}
          title={words.removing.title(removing.name)}
          text={words.removing.text}
          action={words.remove}
          onConfirm={() => remove(removing)}
          explain={why}
        />
      )}
    </>
  );
}
