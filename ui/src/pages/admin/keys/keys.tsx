import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { KeyRound, X } from "lucide-react";
import { useState } from "react";
import { toast } from "@/app/toast";
import { useAdminWords } from "@/i18n/admin";
import { ago, date } from "@/i18n/format";
import { useExplain } from "@/pages/admin/explain";
import { type IssuedKey, KEYS, listIssuedKeys, revokeKey } from "@/pages/admin/keys/data";
import { changeRows, usePages } from "@/pages/admin/lists";
import { Head } from "@/pages/admin/parts";
import { nameOf } from "@/pages/admin/people/data";
import { Badge, Button, Checkbox, Confirm, EmptyState, type MenuItem } from "@/ui";
import { type Column, DataTable } from "@/ui/table";

const living = (key: IssuedKey): boolean => key.status === "active" || key.status === "replaced";

/** Everybody's API keys. */
export function KeysPage() {
  const words = useAdminWords().keys;
  const columns = useColumns();
  const [ended, setEnded] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [revoking, setRevoking] = useState<readonly IssuedKey[]>([]);
  const list = usePages<IssuedKey>([...KEYS, ended], (cursor) => listIssuedKeys(ended, cursor));
  const picked = list.rows?.filter((key) => chosen.has(key.id) && living(key)) ?? [];

  function actions(key: IssuedKey): MenuItem[] {
    return living(key) ? [{ label: words.revoke, icon: <X />, danger: true, onSelect: () => setRevoking([key]) }] : [];
  }

  const empty = (
    <EmptyState icon={<KeyRound aria-hidden />} title={words.none}>
      {words.noneText}
    </EmptyState>
  );
  return (
    <>
      <Head title={words.title} text={words.text} actions={<Checkbox label={words.showEnded} checked={ended} onChange={(event) => setEnded(event.target.checked)} />} />
      <DataTable
        label={words.list}
        columns={columns}
        rows={list.rows}
        rowKey={(key) => key.id}
        rowName={(key) => key.name}
        error={list.error}
        onRetry={list.retry}
        empty={empty}
        actions={actions}
        selection={{ chosen, onChange: setChosen }}
        chosenActions={
          <Button kind="danger" disabled={picked.length === 0} onClick={() => setRevoking(picked)}>
            {words.revoke}
          </Button>
        }
        more={list.more}
      />
      {revoking.length > 0 && <Revoking keys={revoking} onClose={() => setRevoking([])} onDone={() => setChosen(new Set())} />}
    </>
  );
}

function Revoking({ keys, onClose, onDone }: { keys: readonly IssuedKey[]; onClose: () => void; onDone: () => void }) {
  const client = useQueryClient();
  const words = useAdminWords().keys.revoking;
  const all = useAdminWords().keys;
  const why = useExplain();
  const only = keys.length === 1 ? keys[0] : undefined;

  async function revoke(): Promise<void> {
    const gone = new Set<string>();
    let failure: unknown;
    for (const key of keys) {
      try {
        await revokeKey(key.owner.id, key.id);
        gone.add(key.id);
      } catch (error) {
        failure = error;
      }
    }
    changeRows<IssuedKey>(client, KEYS, (row) => (gone.has(row.id) ? { ...row, status: "revoked" } : row));
    void client.invalidateQueries({ queryKey: KEYS });
    if (gone.size === 0) throw failure;
    onDone();
    if (failure !== undefined) toast({ kind: "error", text: words.notAll(gone.size, keys.length - gone.size) });
    else toast({ text: only === undefined ? words.manyDone(gone.size) : words.done(only.name) });
  }

  const text = (
    <>
      <p>{only === undefined ? words.manyText : words.text}</p>
      {only === undefined && (
        <ul className="mt-3 list-disc pl-5">
          {keys.map((key) => (
            <li key={key.id}>
              {key.name} · {nameOf(key.owner)}
            </li>
          ))}
        </ul>
      )}
    </>
  );
  const title = only === undefined ? words.many(keys.length) : words.title(only.name, nameOf(only.owner));
  return <Confirm open onClose={onClose} title={title} text={text} action={all.revoke} onConfirm={revoke} explain={why} />;
}

function useColumns(): Column<IssuedKey>[] {
  const words = useAdminWords().keys;
  return [
    { key: "key", header: words.columns.key, title: true, cell: (key) => <Name issued={key} /> },
    { key: "owner", header: words.columns.owner, cell: (key) => <Owner issued={key} /> },
    { key: "scopes", header: words.columns.scopes, cell: (key) => <Bounds issued={key} /> },
    { key: "used", header: words.columns.used, cell: (key) => <Used issued={key} /> },
    {
      key: "expires",
      header: words.columns.expires,
      from: 820,
      cell: (key) => <span className="whitespace-nowrap text-muted">{key.expires_at === null ? words.forever : date(key.expires_at)}</span>,
    },
  ];
}

function Name({ issued }: { issued: IssuedKey }) {
  const words = useAdminWords().keys;
  return (
    <div className="min-w-0">
      <p className="font-medium">
        {issued.name} {issued.status !== "active" && <Badge tone={issued.status === "replaced" ? "warning" : "neutral"}>{words.statuses[issued.status]}</Badge>}
      </p>
      <p className="font-mono text-xs text-muted">{issued.hint}…</p>
    </div>
  );
}

function Owner({ issued }: { issued: IssuedKey }) {
  const words = useAdminWords().keys;
  return (
    <>
      <Link
        to="/admin/$section"
        params={{ section: "people" }}
        search={{ person: issued.owner.id }}
        title={words.openOwner(nameOf(issued.owner))}
        className="rounded-md underline decoration-line underline-offset-4 hover:decoration-current"
      >
        {nameOf(issued.owner)}
      </Link>
      {issued.owner.status !== "active" && <span className="text-muted"> ({words.suspendedOwner})</span>}
    </>
  );
}

function Bounds({ issued }: { issued: IssuedKey }) {
  const words = useAdminWords().keys;
  const bounds = [issued.models === null ? null : words.models(issued.models.length), issued.addresses === null ? null : words.addresses(issued.addresses.length)];
  const shown = bounds.filter((each) => each !== null);
  return (
    <>
      {issued.scopes.map((scope) => words.scopes[scope]).join(", ")}
      {shown.length > 0 && <p className="text-muted">{shown.join(", ")}</p>}
    </>
  );
}

function Used({ issued }: { issued: IssuedKey }) {
  const words = useAdminWords().keys;
  if (issued.last_used_at === null) return <span className="text-muted">{words.never}</span>;
  return (
    <>
      <span className="whitespace-nowrap">{ago(issued.last_used_at)}</span>
      {issued.last_used_address !== null && <p className="text-muted">{words.from(issued.last_used_address)}</p>}
    </>
  );
}
