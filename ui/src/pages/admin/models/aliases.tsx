import { useQueryClient } from "@tanstack/react-query";
import { Pencil, Plus, Trash2, Waypoints } from "lucide-react";
import { useState } from "react";
import { toast } from "@/app/toast";
import { useAdminWords } from "@/i18n/admin";
import { useExplain } from "@/pages/admin/explain";
import { type Model, resetModel } from "@/pages/admin/models/data";
import { shareOf } from "@/pages/admin/models/shown";
import { useShowing } from "@/pages/admin/models/showing";
import { Toggle } from "@/pages/admin/toggle";
import { Badge, Button, Confirm, EmptyState, type MenuItem, Section } from "@/ui";
import { RowMenu } from "@/ui/table-row";

/** Names of one's own, with where they lead. */
export function Aliases({ aliases, onEdit }: { aliases: readonly Model[]; onEdit: (model: Model | "new") => void }) {
  const client = useQueryClient();
  const words = useAdminWords().models.aliases;
  const why = useExplain();
  const [removing, setRemoving] = useState<Model | null>(null);

  async function remove(alias: Model): Promise<void> {
    await resetModel(alias.id);
    await client.invalidateQueries({ queryKey: ["admin"] });
    void client.invalidateQueries({ queryKey: ["models"] });
    toast({ text: words.removing.done(alias.id) });
  }

  const add = (
    <Button icon={<Plus size={16} aria-hidden />} onClick={() => onEdit("new")}>
      {words.add}
    </Button>
  );
  return (
    <Section title={words.title} description={words.text} actions={aliases.length > 0 ? add : undefined}>
      {aliases.length === 0 ? (
        <div className="rounded-xl border border-line">
          <EmptyState icon={<Waypoints aria-hidden />} title={words.none} action={add}>
            {words.noneText}
          </EmptyState>
        </div>
      ) : (
        <ul aria-label={words.list} className="divide-y divide-line rounded-xl border border-line bg-surface">
          {aliases.map((alias) => (
            <Alias key={alias.id} alias={alias} onEdit={() => onEdit(alias)} onRemove={() => setRemoving(alias)} />
          ))}
        </ul>
      )}
      {removing !== null && (
        <Confirm
          open
          onClose={() => setRemoving(null)}
          title={words.removing.title(removing.id)}
          text={words.removing.text}
          action={words.remove}
          onConfirm={() => remove(removing)}
          explain={why}
        />
      )}
    </Section>
  );
}

function Alias({ alias, onEdit, onRemove }: { alias: Model; onEdit: () => void; onRemove: () => void }) {
  const words = useAdminWords().models.aliases;
  const show = useShowing();
  const own = alias.origin === "database";
  const items: MenuItem[] = [
    { label: words.edit, icon: <Pencil />, onSelect: onEdit },
    ...(own ? (["separator", { label: words.remove, icon: <Trash2 />, danger: true, onSelect: onRemove }] as const) : []),
  ];
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3.5 text-sm sm:px-5">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <span className="font-semibold">{alias.title}</span>
          {alias.title !== alias.id && <span className="font-mono text-xs text-muted">{alias.id}</span>}
          {!alias.enabled && <Badge>{words.hidden}</Badge>}
        </p>
        <ul className="mt-1">
          {alias.targets.map((target) => {
            const share = shareOf(target, alias.targets);
            return <li key={target.model}>{share === null ? target.model : words.share(target.model, share)}</li>;
          })}
        </ul>
        {alias.fallbacks.length > 0 && <p className="mt-1 text-muted">{words.then(alias.fallbacks.join(", "))}</p>}
        {!own && <p className="mt-1 text-muted">{words.fromFile}</p>}
      </div>
      <div className="flex items-center gap-2">
        <Toggle label={words.show(alias.id)} checked={alias.enabled} onChange={(enabled) => show(alias, enabled)} />
        <RowMenu items={items} name={alias.id} />
      </div>
    </li>
  );
}
