import { useQuery } from "@tanstack/react-query";
import { UserPlus, X } from "lucide-react";
import { type KeyboardEvent, useId, useState } from "react";
import { api, call } from "@/api";
import { isAdmin, useMe } from "@/app/session";
import { isAddress, type SharedPerson, type SharingDraft } from "@/assistants/sharing";
import { useWords } from "@/i18n/assistants";
import { plain } from "@/md/visible";
import { useQuiet } from "@/pages/admin/parts";
import { Avatar, Button, Field, IconButton, Select, TextInput } from "@/ui";

interface PeopleProps {
  draft: SharingDraft;
  put: (changes: Partial<SharingDraft>) => void;
}

/** People by name: added by their address, or found by who may see all people. */
export function SharingPeople({ draft, put }: PeopleProps) {
  const words = useWords().assistants.sharing;
  const heading = useId();
  const everyone = draft.audience === "everyone";
  const shown = everyone ? draft.people.filter(({ edits }) => edits) : draft.people;
  const change = (user: string, edits: boolean) => put({ people: draft.people.map((each) => (each.user === user ? { user, edits } : each)) });
  return (
    <section aria-labelledby={heading} className="flex flex-col gap-3">
      <h3 id={heading} className="text-sm font-medium">
        {everyone ? words.peopleEditors : words.people}
      </h3>
      {shown.length === 0 ? (
        <p className="text-sm text-muted">{words.none}</p>
      ) : (
        <ul aria-labelledby={heading} className="flex flex-col gap-2">
          {shown.map((each) => (
            <Person key={each.user} person={each} fixed={everyone} onChange={(edits) => change(each.user, edits)} onRemove={() => put({ people: draft.people.filter(({ user }) => user !== each.user) })} />
          ))}
        </ul>
      )}
      <Adding taken={shown.map(({ user }) => user)} onAdd={(user) => put({ people: [...draft.people.filter((each) => each.user !== user), { user, edits: everyone }] })} />
    </section>
  );
}

function Person({ person, fixed, onChange, onRemove }: { person: SharedPerson; fixed: boolean; onChange: (edits: boolean) => void; onRemove: () => void }) {
  const words = useWords().assistants.sharing;
  const name = plain(person.user);
  return (
    <li className="flex flex-wrap items-center gap-2">
      <span className="min-w-36 flex-1 text-sm">{name}</span>
      <span className="flex shrink-0 items-center gap-1">
        {!fixed && (
          <Select aria-label={words.rightOf(name)} className="!w-auto" value={person.edits ? "edit" : "use"} onChange={(event) => onChange(event.target.value === "edit")}>
            <option value="use">{words.rights.use}</option>
            <option value="edit">{words.rights.edit}</option>
          </Select>
        )}
        <IconButton label={words.remove(name)} size="small" onClick={onRemove}>
          <X size={16} aria-hidden />
        </IconButton>
      </span>
    </li>
  );
}

function Adding({ taken, onAdd }: { taken: readonly string[]; onAdd: (user: string) => void }) {
  const words = useWords().assistants.sharing;
  const me = useMe();
  const finds = isAdmin(me);
  const [text, setText] = useState("");
  const [error, setError] = useState<string | null>(null);

  function add(written: string): void {
    const user = written.trim();
    const wrong = !isAddress(user) ? words.emailBad : user.toLowerCase() === me.email.toLowerCase() ? words.own : taken.some((each) => each.toLowerCase() === user.toLowerCase()) ? words.emailTaken : null;
    setError(wrong);
    if (wrong !== null) return;
    onAdd(user);
    setText("");
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
    event.preventDefault(); // adds a person; the form isn't sent
    add(text);
  }

  return (
    <div className="flex flex-col gap-2">
      <Field label={finds ? words.find : words.email} hint={finds ? undefined : words.emailHint} error={error}>
        {(ids) => (
          <div className="flex gap-2">
            <TextInput
              {...ids}
              type={finds ? "search" : "email"}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              maxLength={320}
              value={text}
              onKeyDown={onKeyDown}
              onChange={(event) => {
                setError(null);
                setText(event.target.value);
              }}
            />
            <Button icon={<UserPlus size={16} aria-hidden />} onClick={() => add(text)}>
              {words.addAction}
            </Button>
          </div>
        )}
      </Field>
      {finds && <Found search={text.trim()} taken={[...taken, me.email]} onPick={add} />}
    </div>
  );
}

/** People whose name or address has this in it. */
function Found({ search, taken, onPick }: { search: string; taken: readonly string[]; onPick: (email: string) => void }) {
  const words = useWords().assistants.sharing;
  const quiet = useQuiet(search);
  const { data } = useQuery({
    queryKey: ["people found", quiet],
    enabled: quiet.length > 1,
    queryFn: () => call(api.GET("/api/v1/users", { params: { query: { search: quiet, status: "active", limit: 6 } } })),
  });
  if (search === "" || quiet.length < 2 || data === undefined) return null;
  const people = data.data.filter(({ email }) => !taken.some((each) => each.toLowerCase() === email.toLowerCase()));
  if (people.length === 0) return <p className="text-sm text-muted">{words.nobody}</p>;
  return (
    <ul aria-label={words.found} className="rounded-lg border border-line p-1">
      {people.map(({ id, name, email }) => (
        <li key={id}>
          <button type="button" onClick={() => onPick(email)} className="flex min-h-10 w-full items-center gap-2.5 rounded-md px-2 text-left text-sm hover:bg-hover">
            <Avatar name={name || email} size={26} />
            <span className="min-w-0 flex-1 truncate">
              {plain(name || email)}
              {name !== "" && <span className="text-muted"> · {plain(email)}</span>}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
