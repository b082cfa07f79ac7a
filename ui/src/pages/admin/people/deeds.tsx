import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "@/app/toast";
import { useWords } from "@/i18n";
import { useAdminWords } from "@/i18n/admin";
import { useMails } from "@/pages/account/options";
import { useExplain } from "@/pages/admin/explain";
import { changeRows } from "@/pages/admin/lists";
import { useAct } from "@/pages/admin/optimistic";
import { makeResetLink, nameOf, PEOPLE, personKey, removePerson, restore, suspend, type User } from "@/pages/admin/people/data";
import { TypedConfirm } from "@/pages/admin/typed-confirm";
import { Button, Checkbox, Confirm, CopyBox, Dialog } from "@/ui";

type Deed = "suspend" | "reset" | "remove";

/** What can be done about a person, wherever they are shown. */
export interface DeedsOfPeople {
  now: { what: Deed; user: User } | null;
  ask: (what: Deed, user: User) => void;
  end: () => void;
  restore: (user: User) => void;
}

export function useDeeds(): DeedsOfPeople {
  const client = useQueryClient();
  const act = useAct();
  const words = useAdminWords().people;
  const [now, setNow] = useState<DeedsOfPeople["now"]>(null);

  function again(user: User): void {
    void act({
      touches: ["admin"],
      show: () => changeRows<User>(client, PEOPLE, (row) => (row.id === user.id ? { ...row, status: "active" } : row)),
      send: () => restore(user.id),
      done: words.restored(nameOf(user)),
      failed: (why) => words.notRestored(nameOf(user), why),
    });
  }

  return { now, ask: (what, user) => setNow({ what, user }), end: () => setNow(null), restore: again };
}

/** The dialogs that ask before it is done. */
export function Deeds({ deeds, onGone }: { deeds: DeedsOfPeople; onGone: () => void }) {
  const client = useQueryClient();
  const words = useAdminWords().people;
  const why = useExplain();
  if (deeds.now === null) return null;
  const { what, user } = deeds.now;
  const name = nameOf(user);

  async function shutOut(): Promise<void> {
    await suspend(user.id);
    changeRows<User>(client, PEOPLE, (row) => (row.id === user.id ? { ...row, status: "suspended" } : row));
    void client.invalidateQueries({ queryKey: ["admin"] });
    toast({ text: words.suspending.done(name) });
  }

  async function remove(): Promise<void> {
    await removePerson(user.id);
    changeRows<User>(client, PEOPLE, (row) => (row.id === user.id ? null : row));
    client.removeQueries({ queryKey: personKey(user.id) });
    onGone();
    void client.invalidateQueries({ queryKey: ["admin"] });
    toast({ text: words.removing.done(name) });
  }

  if (what === "suspend") {
    const texts = words.suspending;
    return <Confirm open onClose={deeds.end} title={texts.title(name)} text={texts.text} action={words.suspend} onConfirm={shutOut} explain={why} />;
  }
  if (what === "remove") {
    const texts = words.removing;
    return (
      <TypedConfirm onClose={deeds.end} title={texts.title(name)} text={texts.text} word={user.email} label={texts.type(user.email)} action={texts.action} onConfirm={remove} />
    );
  }
  return <ResetDialog user={user} onClose={deeds.end} />;
}

function ResetDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const common = useWords().common;
  const words = useAdminWords().people.resetting;
  const why = useExplain();
  const [busy, setBusy] = useState(false);
  const [link, setLink] = useState<{ text: string; mailed: boolean; wished: boolean } | null>(null);
  const [mailing, setMailing] = useState(true);
  const mails = useMails();
  const [error, setError] = useState<string | null>(null);

  async function make(): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      const made = await makeResetLink(user.id, mails && mailing);
      setLink({ text: location.origin + made.path, mailed: made.mailed, wished: mails && mailing });
    } catch (failure) {
      setError(why(failure));
    } finally {
      setBusy(false);
    }
  }

  const actions =
    link === null ? (
      <>
        <Button onClick={onClose}>{common.cancel}</Button>
        <Button kind="primary" busy={busy} onClick={() => void make()}>
          {words.make}
        </Button>
      </>
    ) : (
      <Button onClick={onClose}>{common.close}</Button>
    );
  return (
    <Dialog open onClose={onClose} title={words.title(nameOf(user))} actions={actions}>
      <p className="text-sm text-muted">{words.text}</p>
      {link === null && mails && (
        <div className="mt-4">
          <Checkbox label={words.mail(user.email)} checked={mailing} onChange={(event) => setMailing(event.target.checked)} />
        </div>
      )}
      {link !== null && (
        <div role="status" className="mt-4 flex flex-col gap-2">
          {link.wished && <p className={`text-sm ${link.mailed ? "text-good" : "text-warning"}`}>{link.mailed ? words.mailed(user.email) : words.notMailed}</p>}
          <CopyBox text={link.text} label={words.label} />
          <p className="text-sm text-muted">{words.once}</p>
        </div>
      )}
      {error !== null && (
        <p role="alert" className="mt-3 text-sm text-danger">
          {error}
        </p>
      )}
    </Dialog>
  );
}
