import { useInfiniteQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { type Conversation, explain } from "@/api";
import { useWords } from "@/i18n/library-pages";
import { nameOf } from "@/library/edits";
import { ShareRow } from "@/library/pages/share-row";
import { addressOf, createShare, sharesQuery } from "@/library/shares";
import { Button, Checkbox, CopyBox, Dialog, Field, Select } from "@/ui";

const DAYS = [1, 7, 30, 90];

/** Makes a link, and shows those that there are. */
export function ShareDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const words = useWords();
  const said = words.library.share;
  const [days, setDays] = useState<number | null>(30);
  const [files, setFiles] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [address, setAddress] = useState<string | null>(null);

  async function create(): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      setAddress(addressOf(await createShare(conversation.id, { files, days })));
    } catch (failure) {
      setError(explain(failure, words));
    } finally {
      setBusy(false);
    }
  }

  const actions = (
    <>
      <Button onClick={onClose}>{words.common.close}</Button>
      <Button kind="primary" busy={busy} onClick={() => void create()}>
        {said.create}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={said.dialog(nameOf(conversation))} description={said.dialogText} actions={actions}>
      <div className="flex flex-col gap-5">
        <Field label={said.ends}>
          {(ids) => (
            <Select {...ids} value={days ?? ""} onChange={(event) => setDays(event.target.value === "" ? null : Number(event.target.value))}>
              {DAYS.map((each) => (
                <option key={each} value={each}>
                  {said.days(each)}
                </option>
              ))}
              <option value="">{said.never}</option>
            </Select>
          )}
        </Field>
        <Checkbox label={said.files} hint={said.filesHint} checked={files} onChange={(event) => setFiles(event.target.checked)} />
        {error !== null && (
          <p role="alert" className="text-sm text-danger">
            {error}
          </p>
        )}
        <div role="status">
          {address !== null && (
            <div className="flex flex-col gap-2">
              <CopyBox text={address} label={said.address} />
              <p className="text-sm text-muted">{said.created}</p>
            </div>
          )}
        </div>
        <Existing conversation={conversation} />
      </div>
    </Dialog>
  );
}

function Existing({ conversation }: { conversation: Conversation }) {
  const words = useWords().library.share;
  const heading = useId();
  const { data } = useInfiniteQuery(sharesQuery(conversation.id));
  const shares = data?.pages.flatMap((page) => page.data) ?? [];
  if (shares.length === 0) return null;
  return (
    <section aria-labelledby={heading}>
      <h3 id={heading} className="mb-1 text-sm font-medium">
        {words.existing}
      </h3>
      <ul className="-mx-3">
        {shares.map((each) => (
          <ShareRow key={each.id} share={each} />
        ))}
      </ul>
    </section>
  );
}
