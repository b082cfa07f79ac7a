import { useRef, useState } from "react";
import { toast } from "@/app/toast";
import { type Assistant, getAssistant, keepAssistant, removePicture, setPicture } from "@/assistants/data";
import { MOST } from "@/assistants/draft";
import type { WaitingPicture } from "@/assistants/editing";
import { FormSection } from "@/assistants/form-section";
import { AssistantPicture } from "@/assistants/picture";
import { tell } from "@/assistants/tell";
import type { FormPart } from "@/assistants/use-editing";
import { useWords } from "@/i18n/assistants";
import { smaller, UnreadablePicture } from "@/pages/account/picture";
import { Button, Field, TextArea, TextInput } from "@/ui";

interface IdentityProps extends FormPart {
  base: Assistant | null;
  picture: WaitingPicture | null;
  onPicture: (picture: Blob | null) => void;
}

/** Picture, name and description. */
export function Identity({ draft, put, problems, base, picture, onPicture }: IdentityProps) {
  const words = useWords().assistants;
  return (
    <FormSection title={words.form.identity}>
      <PicturePart name={draft.name} base={base} picture={picture} onPicture={onPicture} />
      <Field label={words.fields.name} hint={words.form.nameHint} error={problems.name}>
        {(ids) => <TextInput {...ids} dir="auto" value={draft.name} autoComplete="off" maxLength={MOST.name} placeholder={words.form.namePlaceholder} onChange={(event) => put({ name: event.target.value })} />}
      </Field>
      <Field label={words.fields.description} hint={words.form.descriptionHint} error={problems.description}>
        {(ids) => <TextArea {...ids} rows={2} dir="auto" value={draft.description} maxLength={MOST.description} className="field-sizing-content" onChange={(event) => put({ description: event.target.value })} />}
      </Field>
    </FormSection>
  );
}

/** A picture is set at once; of an assistant that isn't there yet it waits for it. */
function PicturePart({ name, base, picture, onPicture }: { name: string; base: Assistant | null; picture: WaitingPicture | null; onPicture: (picture: Blob | null) => void }) {
  const words = useWords();
  const said = words.assistants.picture;
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const src = picture?.address ?? base?.picture ?? null;

  async function change(how: () => Promise<void>, done: string): Promise<void> {
    setBusy(true);
    try {
      await how();
      if (base !== null) {
        keepAssistant(await getAssistant(base.id));
        toast({ text: done });
      }
    } catch (error) {
      toast({ kind: "error", text: error instanceof UnreadablePicture ? said.unreadable : tell(error, words) });
    } finally {
      setBusy(false);
    }
  }

  const choose = (file: File) =>
    change(async () => {
      const small = await smaller(file);
      if (base === null) onPicture(small);
      else await setPicture(base.id, small);
    }, said.set);
  const remove = () =>
    change(async () => {
      if (base === null) onPicture(null);
      else await removePicture(base.id);
    }, said.removed);

  return (
    <div className="flex flex-wrap items-center gap-4">
      <AssistantPicture name={name} src={src} size={64} />
      <div className="flex min-w-0 flex-col gap-1.5">
        <div className="flex flex-wrap gap-2">
          <Button busy={busy} onClick={() => input.current?.click()}>
            {src === null ? said.upload : said.change}
          </Button>
          {src !== null && (
            <Button kind="quiet" disabled={busy} onClick={() => void remove()}>
              {said.remove}
            </Button>
          )}
        </div>
        <p className="text-sm text-muted">{said.hint}</p>
      </div>
      <input
        ref={input}
        type="file"
        hidden
        accept="image/png,image/jpeg,image/webp,image/gif,image/avif"
        aria-label={said.upload}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file !== undefined) void choose(file);
        }}
      />
    </div>
  );
}
