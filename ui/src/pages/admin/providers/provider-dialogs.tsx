import { type UseQueryResult, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import { ApiError } from "@/api";
import { toast } from "@/app/toast";
import { useWords } from "@/i18n";
import { useAdminWords } from "@/i18n/admin";
import { addProvider, changeProvider, getProvider, type ProviderKind } from "@/pages/admin/providers/data";
import { asNew, asPatch, asTrial, type Draft, draftOf, newDraft } from "@/pages/admin/providers/draft";
import { FORM, ProviderForm } from "@/pages/admin/providers/provider-form";
import { Button, Dialog, ErrorState, SkeletonList } from "@/ui";

interface AddProps {
  kinds: UseQueryResult<{ data: ProviderKind[] }>;
  taken: readonly string[];
  onClose: () => void;
}

/** First which vendor, then its key. */
export function AddDialog({ kinds, taken, onClose }: AddProps) {
  const client = useQueryClient();
  const common = useWords().common;
  const words = useAdminWords().providers;
  const [kind, setKind] = useState<ProviderKind | null>(null);
  const [busy, setBusy] = useState(false);

  async function save(draft: Draft): Promise<void> {
    const made = await addProvider(asNew(draft));
    toast({ text: words.form.added(made.name) });
    void client.invalidateQueries({ queryKey: ["admin"] });
    void client.invalidateQueries({ queryKey: ["models"] });
    onClose();
  }

  if (kind === null)
    return (
      <Dialog open onClose={onClose} wide title={words.choose.title}>
        {kinds.data === undefined ? (
          kinds.error ? (
            <ErrorState error={kinds.error} onRetry={() => void kinds.refetch()} />
          ) : (
            <SkeletonList rows={4} />
          )
        ) : (
          <Vendors kinds={kinds.data.data} onChoose={setKind} />
        )}
      </Dialog>
    );
  const actions = (
    <>
      <Button kind="quiet" icon={<ArrowLeft size={16} aria-hidden />} className="mr-auto" onClick={() => setKind(null)}>
        {words.form.otherVendor}
      </Button>
      <Button onClick={onClose}>{common.cancel}</Button>
      <Button kind="primary" type="submit" form={FORM} busy={busy}>
        {words.form.save}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} wide title={words.form.addTitle(words.titles[kind.name] ?? kind.title)} actions={actions}>
      <ProviderForm kind={kind} first={newDraft(kind, taken)} trial={(draft) => asTrial(draft, false)} onSave={save} onBusy={setBusy} />
    </Dialog>
  );
}

function Vendors({ kinds, onChoose }: { kinds: readonly ProviderKind[]; onChoose: (kind: ProviderKind) => void }) {
  const { choose: words, titles } = useAdminWords().providers;
  const groups = [
    { title: words.hosted, kinds: kinds.filter((kind) => !kind.local && kind.name !== "mock") },
    { title: words.local, kinds: kinds.filter((kind) => kind.local) },
  ];
  return (
    <div className="flex flex-col gap-6">
      {groups.map((group) => (
        <section key={group.title}>
          <h3 className="mb-2 text-sm font-medium text-muted">{group.title}</h3>
          <ul className="grid grid-cols-1 gap-2 min-[420px]:grid-cols-2 sm:grid-cols-3">
            {group.kinds.map((kind) => (
              <li key={kind.name}>
                <button
                  type="button"
                  onClick={() => onChoose(kind)}
                  className="flex h-full w-full flex-col rounded-xl border border-line bg-surface px-3.5 py-3 text-left text-sm hover:border-edge hover:bg-hover"
                >
                  <span className="font-medium">{titles[kind.name] ?? kind.title}</span>
                  <span className="text-muted">{kind.needs_key ? words.needsKey : words.noKeyNeeded}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

/** A stored provider, as it is now. */
export function EditDialog({ name, kinds, onClose }: { name: string; kinds: readonly ProviderKind[]; onClose: () => void }) {
  const client = useQueryClient();
  const common = useWords().common;
  const words = useAdminWords().providers.form;
  const [busy, setBusy] = useState(false);
  // Read anew each time it is opened, and never while it is being edited.
  const found = useQuery({ queryKey: ["admin-edit", "provider", name], queryFn: () => getProvider(name), gcTime: 0, staleTime: Number.POSITIVE_INFINITY });
  const provider = found.data?.data;
  const kind = kinds.find((each) => each.name === provider?.kind);

  async function save(draft: Draft): Promise<void> {
    if (provider === undefined) return;
    try {
      await changeProvider(name, asPatch(draft, draftOf(provider, kind)), found.data?.etag ?? null);
    } catch (failure) {
      throw failure instanceof ApiError && failure.status === 412 ? new ApiError(412, { code: "edit_conflict", detail: words.conflict }) : failure;
    }
    toast({ text: words.saved(name) });
    void client.invalidateQueries({ queryKey: ["admin"] });
    void client.invalidateQueries({ queryKey: ["models"] });
    onClose();
  }

  const actions = (
    <>
      <Button onClick={onClose}>{common.cancel}</Button>
      <Button kind="primary" type="submit" form={FORM} busy={busy} disabled={provider === undefined}>
        {words.save}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} wide title={words.editTitle(name)} actions={actions}>
      {provider === undefined || kind === undefined ? (
        found.error ? (
          <ErrorState error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <SkeletonList rows={4} />
        )
      ) : (
        <ProviderForm kind={kind} stored={provider} first={draftOf(provider, kind)} trial={(draft) => asTrial(draft, true)} onSave={save} onBusy={setBusy} />
      )}
    </Dialog>
  );
}
