import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { isApiError } from "@/api";
import { queryClient } from "@/app/query";
import { toast } from "@/app/toast";
import { type Assistant, assistantKey, getSharing, LIST, type Sharing, shareAssistant, sharingKey } from "@/assistants/data";
import { AUDIENCES, isSame, type May, namesNobody, ROLES, type SharingDraft, sharingDraft, sharingWish } from "@/assistants/sharing";
import { SharingPeople } from "@/assistants/sharing-people";
import { tell } from "@/assistants/tell";
import { type Messages, useWords } from "@/i18n/assistants";
import { plain } from "@/md/visible";
import { Button, Dialog, ErrorState, Select, SkeletonList } from "@/ui";

const FORM = "sharing-form";

/** Who may use an assistant beside its owner, and who may edit it. */
export function SharingDialog({ assistant, onClose }: { assistant: Assistant; onClose: () => void }) {
  const words = useWords();
  const said = words.assistants.sharing;
  const [busy, setBusy] = useState(false);
  // Read anew each time it is opened, and never while it is being changed.
  const { data, error, refetch } = useQuery({ queryKey: sharingKey(assistant.id), queryFn: () => getSharing(assistant.id), gcTime: 0, staleTime: Number.POSITIVE_INFINITY });
  const actions = (
    <>
      <Button onClick={onClose}>{words.common.cancel}</Button>
      <Button kind="primary" type="submit" form={FORM} busy={busy} disabled={data === undefined}>
        {said.save}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={said.title(plain(assistant.name ?? "") || words.assistants.unnamed)} description={said.text} actions={actions}>
      {data !== undefined ? <Form id={assistant.id} sharing={data} onBusy={setBusy} onClose={onClose} /> : error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonList rows={3} />}
    </Dialog>
  );
}

function Form({ id, sharing, onBusy, onClose }: { id: string; sharing: Sharing; onBusy: (busy: boolean) => void; onClose: () => void }) {
  const words = useWords();
  const said = words.assistants.sharing;
  const [before] = useState(() => sharingDraft(sharing));
  const [draft, setDraft] = useState(before);
  const [error, setError] = useState<string | null>(null);
  const put = (changes: Partial<SharingDraft>) => {
    setError(null);
    setDraft((now) => ({ ...now, ...changes }));
  };
  const drops = draft.audience === "private" && (draft.people.length > 0 || ROLES.some((role) => draft.roles[role] !== "none"));

  async function save(): Promise<void> {
    if (isSame(draft, before)) return onClose();
    if (namesNobody(draft)) return setError(said.needsSomebody);
    onBusy(true);
    try {
      await shareAssistant(id, sharingWish(draft), sharing.etag);
      toast({ text: said.saved });
      void queryClient.invalidateQueries({ queryKey: assistantKey(id) });
      void queryClient.invalidateQueries({ queryKey: LIST });
      onClose();
    } catch (failure) {
      setError(why(failure, draft, words));
      onBusy(false);
    }
  }

  return (
    <form
      id={FORM}
      noValidate
      className="flex flex-col gap-6"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Audiences draft={draft} put={put} />
      {draft.audience !== "private" && (
        <>
          <SharingPeople draft={draft} put={put} />
          <Roles draft={draft} put={put} />
        </>
      )}
      {drops && <p className="text-sm text-muted">{said.dropped}</p>}
      {error !== null && (
        <p role="alert" className="text-sm text-danger">
          {error}
        </p>
      )}
    </form>
  );
}

/** `people[3]` is told by their name. */
function why(error: unknown, draft: SharingDraft, words: Messages): string {
  const said = words.assistants.sharing;
  if (!isApiError(error)) return tell(error, words);
  if (error.status === 412) return said.conflict;
  const index = /^people\[(\d+)\]/.exec(error.param ?? "")?.[1];
  const named = index === undefined ? undefined : sharingWish(draft).people?.[Number(index)]?.user;
  const sentence = error.status === 404 && named !== undefined ? said.unknown : error.code === "sharing_invalid" ? (named === undefined ? said.emailTaken : said.own) : tell(error, words);
  return named === undefined ? sentence : `${plain(named)}: ${sentence}`;
}

interface PartProps {
  draft: SharingDraft;
  put: (changes: Partial<SharingDraft>) => void;
}

function Audiences({ draft, put }: PartProps) {
  const words = useWords().assistants.sharing;
  const id = useId();
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1.5 text-sm font-medium">{words.audience}</legend>
      {AUDIENCES.map((each) => (
        <div key={each} className="-mx-2 flex items-start gap-3 rounded-lg px-2 py-2 hover:bg-hover">
          <input
            id={`${id}-${each}`}
            type="radio"
            name="audience"
            value={each}
            checked={draft.audience === each}
            aria-describedby={`${id}-${each}-hint`}
            onChange={() => put({ audience: each })}
            className="mt-0.5 size-5 shrink-0 accent-accent"
          />
          <div className="min-w-0 flex-1">
            <label htmlFor={`${id}-${each}`} className="block cursor-pointer text-sm">
              {words.audiences[each].label}
            </label>
            <p id={`${id}-${each}-hint`} className="text-sm text-muted">
              {words.audiences[each].hint}
            </p>
          </div>
        </div>
      ))}
    </fieldset>
  );
}

function Roles({ draft, put }: PartProps) {
  const words = useWords().assistants.sharing;
  const id = useId();
  const everyone = draft.audience === "everyone";
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-2 text-sm font-medium">{words.roles}</legend>
      {ROLES.map((role) => (
        <div key={role} className="flex items-center justify-between gap-3">
          <label htmlFor={`${id}-${role}`} className="min-w-0 text-sm">
            {words.role[role]}
          </label>
          <Select
            id={`${id}-${role}`}
            className="!w-auto"
            value={everyone && draft.roles[role] === "use" ? "none" : draft.roles[role]}
            onChange={(event) => put({ roles: { ...draft.roles, [role]: event.target.value as May } })}
          >
            <option value="none">{everyone ? words.roleAll : words.roleNone}</option>
            {!everyone && <option value="use">{words.roleUse}</option>}
            <option value="edit">{words.roleEdit}</option>
          </Select>
        </div>
      ))}
    </fieldset>
  );
}
