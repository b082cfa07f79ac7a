import { useNavigate, useSearch } from "@tanstack/react-router";
import { MailPlus, SearchX, UserPlus } from "lucide-react";
import { useState } from "react";
import { useAdminWords } from "@/i18n/admin";
import { usePages } from "@/pages/admin/lists";
import { Head, useQuiet } from "@/pages/admin/parts";
import { AddDialog } from "@/pages/admin/people/add-dialog";
import { type Filter, listPeople, PEOPLE, ROLES, type User } from "@/pages/admin/people/data";
import { Deeds, useDeeds } from "@/pages/admin/people/deeds";
import { InviteDialog } from "@/pages/admin/people/invite-dialog";
import { Invites } from "@/pages/admin/people/invites";
import { PeopleTable } from "@/pages/admin/people/people-table";
import { PersonDialog } from "@/pages/admin/people/person-dialog";
import { Button, EmptyState, Field, Select, TextInput } from "@/ui";

const EVERYBODY: Filter = { search: "", role: "", status: "" };

/** Who has an account, who is invited, and what is done about them. */
export function PeoplePage() {
  const words = useAdminWords().people;
  const [filter, setFilter] = useState(EVERYBODY);
  const [inviting, setInviting] = useState(false);
  const [adding, setAdding] = useState(false);
  const search = useQuiet(filter.search.trim());
  const asked = { ...filter, search };
  const list = usePages<User>([...PEOPLE, asked], (cursor) => listPeople(asked, cursor));
  const deeds = useDeeds();
  const { person } = useSearch({ from: "/inside/admin/$section" });
  const navigate = useNavigate();
  const open = (id: string | null) =>
    void navigate({ to: "/admin/$section", params: { section: "people" }, search: id === null ? {} : { person: id }, replace: id === null, resetScroll: false });

  const empty = (
    <EmptyState icon={<SearchX aria-hidden />} title={words.nobody} action={<Button onClick={() => setFilter(EVERYBODY)}>{words.clearFilters}</Button>}>
      {words.nobodyText}
    </EmptyState>
  );
  return (
    <>
      <Head
        title={words.title}
        text={words.text}
        actions={
          <>
            <Button icon={<UserPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
              {words.adding.add}
            </Button>
            <Button kind="primary" icon={<MailPlus size={16} aria-hidden />} onClick={() => setInviting(true)}>
              {words.invites.invite}
            </Button>
          </>
        }
      />
      <Filters filter={filter} onChange={setFilter} />
      <PeopleTable list={list} empty={empty} onOpen={open} deeds={deeds} />
      <Invites onInvite={() => setInviting(true)} />
      {adding && <AddDialog onClose={() => setAdding(false)} />}
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
      {person !== undefined && <PersonDialog key={person} id={person} onClose={() => open(null)} deeds={deeds} />}
      <Deeds deeds={deeds} onGone={() => open(null)} />
    </>
  );
}

function Filters({ filter, onChange }: { filter: Filter; onChange: (filter: Filter) => void }) {
  const words = useAdminWords().people;
  return (
    <div role="search" className="mb-5 grid grid-cols-2 gap-3 sm:grid-cols-[1fr_11rem_11rem]">
      <div className="col-span-2 sm:col-span-1">
        <Field label={words.search}>
          {(ids) => <TextInput {...ids} type="search" value={filter.search} onChange={(event) => onChange({ ...filter, search: event.target.value })} />}
        </Field>
      </div>
      <Field label={words.filterRole}>
        {(ids) => (
          <Select {...ids} value={filter.role} onChange={(event) => onChange({ ...filter, role: event.target.value as Filter["role"] })}>
            <option value="">{words.anyRole}</option>
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {words.roles[role]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label={words.filterStatus}>
        {(ids) => (
          <Select {...ids} value={filter.status} onChange={(event) => onChange({ ...filter, status: event.target.value as Filter["status"] })}>
            <option value="">{words.anyStatus}</option>
            <option value="active">{words.statuses.active}</option>
            <option value="suspended">{words.statuses.suspended}</option>
          </Select>
        )}
      </Field>
    </div>
  );
}
