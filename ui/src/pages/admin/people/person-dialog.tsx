import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { ApiError } from "@/api";
import { useMe } from "@/app/session";
import { toast } from "@/app/toast";
import { useWords } from "@/i18n";
import { useAdminWords } from "@/i18n/admin";
import { date } from "@/i18n/format";
import { useExplain } from "@/pages/admin/explain";
import { Fact, Facts } from "@/pages/admin/parts";
import { changeRole, getPerson, nameOf, PEOPLE, personKey, type Role, ROLES, type WholeUser } from "@/pages/admin/people/data";
import type { DeedsOfPeople } from "@/pages/admin/people/deeds";
import { Status } from "@/pages/admin/people/people-table";
import { PersonKeys } from "@/pages/admin/people/person-keys";
import { PersonSessions } from "@/pages/admin/people/person-sessions";
import { Button, Dialog, ErrorState, Select, SkeletonList } from "@/ui";

interface PersonDialogProps {
  id: string;
  onClose: () => void;
  deeds: DeedsOfPeople;
}

/** Everything about a person: the account, where they are signed in, their keys, and what can be done. */
export function PersonDialog({ id, onClose, deeds }: PersonDialogProps) {
  const words = useWords().common;
  const found = useQuery({ queryKey: personKey(id), queryFn: () => getPerson(id) });
  const user = found.data?.data;
  return (
    <Dialog open onClose={onClose} wide title={user === undefined ? words.loading : nameOf(user)} {...(user !== undefined && user.name !== "" && { description: user.email })}>
      {user === undefined ? (
        found.error ? (
          <ErrorState error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <SkeletonList rows={5} />
        )
      ) : (
        <div className="flex flex-col gap-8 pb-2">
          <Account user={user} etag={found.data?.etag ?? null} />
          <PersonSessions user={user} />
          <PersonKeys user={user} />
          <Access user={user} deeds={deeds} />
        </div>
      )}
    </Dialog>
  );
}

function Account({ user, etag }: { user: WholeUser; etag: string | null }) {
  const words = useAdminWords().people.person;
  return (
    <section className="flex flex-col gap-4">
      <h3 className="sr-only">{words.account}</h3>
      <Facts>
        <Fact name={words.since}>{date(user.created_at)}</Fact>
        {user.username !== null && <Fact name={words.username}>{user.username}</Fact>}
        {user.profile.sector !== null && <Fact name={words.sector}>{user.profile.sector}</Fact>}
        {user.profile.position !== null && <Fact name={words.position}>{user.profile.position}</Fact>}
      </Facts>
      {!user.has_password && <p className="text-sm text-muted">{words.noPassword}</p>}
      <RoleChoice user={user} etag={etag} />
    </section>
  );
}

function RoleChoice({ user, etag }: { user: WholeUser; etag: string | null }) {
  const client = useQueryClient();
  const all = useAdminWords().people;
  const words = all.person;
  const why = useExplain();
  const id = useId();
  const mine = useMe().id === user.id;
  const [wanted, setWanted] = useState<Role | null>(null);

  async function change(role: Role): Promise<void> {
    if (role === user.role) return;
    setWanted(role); // shown at once; what the server says stands in the end
    try {
      client.setQueryData(personKey(user.id), await changeRole(user.id, role, etag));
      toast({ text: words.roleChanged(nameOf(user), all.roles[role]) });
    } catch (failure) {
      const met = failure instanceof ApiError && failure.status === 412;
      toast({ kind: "error", text: met ? words.conflict : why(failure), ...(!met && { action: { label: all.person.role, run: () => void change(role) } }) });
      await client.invalidateQueries({ queryKey: personKey(user.id) });
    } finally {
      setWanted(null);
      void client.invalidateQueries({ queryKey: PEOPLE });
    }
  }

  const shown = wanted ?? user.role;
  return (
    <div className="grid gap-1.5 sm:max-w-sm">
      <label htmlFor={id} className="text-sm font-medium">
        {words.role}
      </label>
      <Select id={id} aria-describedby={`${id}-hint`} value={shown} disabled={mine || wanted !== null} onChange={(event) => void change(event.target.value as Role)}>
        {ROLES.map((role) => (
          <option key={role} value={role}>
            {all.roles[role]}
          </option>
        ))}
      </Select>
      <p id={`${id}-hint`} className="text-sm text-muted">
        {mine ? words.ownRole : `${all.roleTexts[shown]} ${words.roleHint}`}
      </p>
    </div>
  );
}

function Access({ user, deeds }: { user: WholeUser; deeds: DeedsOfPeople }) {
  const words = useAdminWords().people;
  if (useMe().id === user.id || user.status === "deleted") return null;
  const out = user.status === "suspended";
  return (
    <section className="flex flex-col gap-3">
      <div className="flex items-center gap-2">
        <h3 className="font-semibold">{words.person.access}</h3>
        <Status status={user.status} />
      </div>
      {out && <p className="text-sm text-muted">{words.person.suspended}</p>}
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => deeds.ask("reset", user)}>{words.resetLink}</Button>
        {out ? (
          <Button kind="primary" onClick={() => deeds.restore(user)}>
            {words.restore}
          </Button>
        ) : (
          <Button kind="danger" onClick={() => deeds.ask("suspend", user)}>
            {words.suspend}
          </Button>
        )}
        <Button kind="danger" onClick={() => deeds.ask("remove", user)}>
          {words.remove}
        </Button>
      </div>
    </section>
  );
}
