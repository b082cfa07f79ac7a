import { useQueryClient } from "@tanstack/react-query";
import { MailPlus, X } from "lucide-react";
import { useState } from "react";
import { toast } from "@/app/toast";
import { useAdminWords } from "@/i18n/admin";
import { ago, date } from "@/i18n/format";
import { useExplain } from "@/pages/admin/explain";
import { changeRows, usePages } from "@/pages/admin/lists";
import { type Invite, INVITES, listInvites, revokeInvite } from "@/pages/admin/people/data";
import { Badge, Button, Checkbox, Confirm, EmptyState, type MenuItem, Section } from "@/ui";
import { type Column, DataTable } from "@/ui/table";

/** Who was invited and hasn't come yet; on demand those that are over too. */
export function Invites({ onInvite }: { onInvite: () => void }) {
  const client = useQueryClient();
  const words = useAdminWords().people.invites;
  const why = useExplain();
  const columns = useColumns();
  const [ended, setEnded] = useState(false);
  const [revoking, setRevoking] = useState<Invite | null>(null);
  const list = usePages<Invite>(INVITES, listInvites);
  const rows = list.rows?.filter((invite) => ended || invite.status === "open");

  async function revoke(invite: Invite): Promise<void> {
    const revoked = await revokeInvite(invite.id);
    changeRows<Invite>(client, INVITES, (row) => (row.id === invite.id ? revoked : row));
    toast({ text: words.revoking.done });
  }

  function actions(invite: Invite): MenuItem[] {
    return invite.status === "open" ? [{ label: words.revoke, icon: <X />, danger: true, onSelect: () => setRevoking(invite) }] : [];
  }

  const empty = (
    <EmptyState icon={<MailPlus aria-hidden />} title={words.none} action={<Button onClick={onInvite}>{words.invite}</Button>}>
      {words.noneText}
    </EmptyState>
  );
  return (
    <div className="mt-12">
      <Section title={words.title} description={words.text} actions={<Checkbox label={words.showEnded} checked={ended} onChange={(event) => setEnded(event.target.checked)} />}>
        <DataTable
          label={words.list}
          columns={columns}
          rows={rows}
          rowKey={(invite) => invite.id}
          rowName={(invite) => invite.email ?? words.anyone}
          error={list.error}
          onRetry={list.retry}
          empty={empty}
          actions={actions}
          more={list.more}
        />
      </Section>
      {revoking !== null && (
        <Confirm
          open
          onClose={() => setRevoking(null)}
          title={words.revoking.title(revoking.email ?? words.revoking.anyone)}
          text={words.revoking.text}
          action={words.revoking.action}
          onConfirm={() => revoke(revoking)}
          explain={why}
        />
      )}
    </div>
  );
}

function useColumns(): Column<Invite>[] {
  const all = useAdminWords().people;
  const words = all.invites;
  return [
    { key: "who", header: words.columns.who, title: true, cell: (invite) => <span className="font-medium">{invite.email ?? words.anyone}</span> },
    { key: "role", header: words.columns.role, cell: (invite) => (invite.role === "admin" ? <Badge tone="accent">{all.roles.admin}</Badge> : all.roles[invite.role]) },
    {
      key: "status",
      header: words.columns.status,
      cell: (invite) => <Badge tone={invite.status === "open" ? "good" : "neutral"}>{words.statuses[invite.status]}</Badge>,
    },
    { key: "expires", header: words.columns.expires, cell: (invite) => <span className="whitespace-nowrap">{date(invite.expires_at)}</span> },
    { key: "created", header: words.columns.created, from: 760, cell: (invite) => <span className="whitespace-nowrap text-muted">{ago(invite.created_at)}</span> },
  ];
}
