import { KeyRound, RotateCcw, Trash2, UserRound, UserX } from "lucide-react";
import type { ReactNode } from "react";
import { useMe } from "@/app/session";
import { useWords } from "@/i18n";
import { useAdminWords } from "@/i18n/admin";
import { date } from "@/i18n/format";
import type { Listed } from "@/pages/admin/lists";
import { nameOf, type User } from "@/pages/admin/people/data";
import type { DeedsOfPeople } from "@/pages/admin/people/deeds";
import { Avatar, Badge, type MenuItem } from "@/ui";
import { type Column, DataTable } from "@/ui/table";

interface PeopleTableProps {
  list: Listed<User>;
  empty: ReactNode;
  onOpen: (id: string) => void;
  deeds: DeedsOfPeople;
}

export function PeopleTable({ list, empty, onOpen, deeds }: PeopleTableProps) {
  const words = useAdminWords().people;
  const columns = useColumns(onOpen);
  const me = useMe();

  function actions(user: User): MenuItem[] {
    const open: MenuItem = { label: words.manage, icon: <UserRound />, onSelect: () => onOpen(user.id) };
    if (user.id === me.id || user.status === "deleted") return [open];
    const access: MenuItem =
      user.status === "suspended"
        ? { label: words.restore, icon: <RotateCcw />, onSelect: () => deeds.restore(user) }
        : { label: words.suspend, icon: <UserX />, danger: true, onSelect: () => deeds.ask("suspend", user) };
    return [
      open,
      { label: words.resetLink, icon: <KeyRound />, onSelect: () => deeds.ask("reset", user) },
      "separator",
      access,
      { label: words.remove, icon: <Trash2 />, danger: true, onSelect: () => deeds.ask("remove", user) },
    ];
  }

  return (
    <DataTable
      label={words.list}
      columns={columns}
      rows={list.rows}
      rowKey={(user) => user.id}
      rowName={nameOf}
      error={list.error}
      onRetry={list.retry}
      empty={empty}
      actions={actions}
      more={list.more}
    />
  );
}

function useColumns(onOpen: (id: string) => void): Column<User>[] {
  const words = useAdminWords().people;
  return [
    { key: "person", header: words.columns.person, title: true, cell: (user) => <Person user={user} onOpen={onOpen} /> },
    { key: "role", header: words.columns.role, cell: (user) => (user.role === "admin" ? <Badge tone="accent">{words.roles.admin}</Badge> : words.roles[user.role]) },
    { key: "status", header: words.columns.status, cell: (user) => <Status status={user.status} /> },
    { key: "since", header: words.columns.since, from: 760, cell: (user) => <span className="whitespace-nowrap text-muted">{date(user.created_at)}</span> },
  ];
}

function Person({ user, onOpen }: { user: User; onOpen: (id: string) => void }) {
  const common = useWords().common;
  const mine = useMe().id === user.id;
  return (
    <div className="flex min-w-0 items-center gap-3">
      <Avatar name={nameOf(user)} />
      <div className="min-w-0">
        <button type="button" onClick={() => onOpen(user.id)} className="min-h-6 rounded-md text-left font-medium hover:underline hover:underline-offset-4">
          {nameOf(user)}
        </button>
        {mine && <span className="text-muted"> · {common.you}</span>}
        {user.name !== "" && <p className="text-muted">{user.email}</p>}
      </div>
    </div>
  );
}

export function Status({ status }: { status: User["status"] }) {
  const words = useAdminWords().people.statuses;
  if (status === "active") return <span>{words.active}</span>;
  return <Badge tone={status === "suspended" ? "warning" : "neutral"}>{words[status]}</Badge>;
}
