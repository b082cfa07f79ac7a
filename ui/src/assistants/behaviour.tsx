import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import { MOST, newKey } from "@/assistants/draft";
import { FormSection, Problem } from "@/assistants/form-section";
import { useTakenOut } from "@/assistants/taken-out";
import type { FormPart } from "@/assistants/use-editing";
import { ModelPicker } from "@/chat/model-picker";
import { useModels } from "@/chat/models";
import { useWords } from "@/i18n/assistants";
import { number } from "@/i18n/format";
import { Button, Field, IconButton, TextArea, TextInput } from "@/ui";

/** What it is told, and which model hears it. */
export function Behaviour({ draft, put, problems }: FormPart) {
  const words = useWords().assistants;
  return (
    <FormSection title={words.form.behaviour} text={words.form.instructionsText}>
      <Field label={words.fields.instructions} error={problems.instructions} hint={words.form.characters(number(draft.instructions.length), number(MOST.instructions))}>
        {(ids) => (
          <TextArea
            {...ids}
            dir="auto"
            rows={10}
            value={draft.instructions}
            placeholder={words.form.instructionsPlaceholder}
            className="field-sizing-content max-h-[60dvh] min-h-60"
            onChange={(event) => put({ instructions: event.target.value })}
          />
        )}
      </Field>
      <Model draft={draft} put={put} problems={problems} />
    </FormSection>
  );
}

function Model({ draft, put, problems }: FormPart) {
  const words = useWords().assistants;
  const { data: models } = useModels();
  const gone = draft.model !== "" && models !== undefined && !models.some(({ id }) => id === draft.model);
  return (
    <div className="flex flex-col gap-1.5">
      <p className="text-sm font-medium">{words.fields.model}</p>
      <div className="max-w-md rounded-lg border border-edge/60 bg-surface [&>button]:w-full [&>button]:justify-between [&>button]:text-ink">
        <ModelPicker model={draft.model === "" ? null : draft.model} onPick={(model) => put({ model })} />
      </div>
      <p className="text-sm text-muted">{draft.model === "" ? words.form.modelDefault : words.form.modelHint}</p>
      {gone && problems.model === undefined && <p className="text-sm text-warning">{words.form.modelGone(draft.model)}</p>}
      <Problem text={problems.model} />
    </div>
  );
}

/** What a conversation with it could begin with. */
export function Starters({ draft, put, problems }: FormPart) {
  const words = useWords().assistants.form;
  const { starters } = draft;
  const { place, afterwards } = useTakenOut();

  function move(from: number, to: number): void {
    const lines = [...starters];
    lines.splice(to, 0, ...lines.splice(from, 1));
    put({ starters: lines });
  }

  function remove(key: number): void {
    put({ starters: starters.filter((line) => line.key !== key) });
    afterwards();
  }

  return (
    <FormSection title={words.starters} text={words.startersText}>
      {starters.length > 0 && (
        <ol className="flex flex-col gap-2">
          {starters.map(({ key, text }, index) => (
            <li key={key} className="flex items-center gap-1">
              <TextInput
                dir="auto"
                autoFocus={text === ""}
                aria-label={words.starter(index + 1)}
                value={text}
                maxLength={MOST.starter}
                placeholder={words.starterPlaceholder}
                className="min-w-0"
                onChange={(event) => put({ starters: starters.map((line) => (line.key === key ? { key, text: event.target.value } : line)) })}
              />
              <IconButton label={words.starterUp(index + 1)} size="small" disabled={index === 0} className="max-sm:hidden" onClick={() => move(index, index - 1)}>
                <ArrowUp size={16} aria-hidden />
              </IconButton>
              <IconButton label={words.starterDown(index + 1)} size="small" disabled={index === starters.length - 1} className="max-sm:hidden" onClick={() => move(index, index + 1)}>
                <ArrowDown size={16} aria-hidden />
              </IconButton>
              <IconButton label={words.removeStarter(index + 1)} size="small" onClick={() => remove(key)}>
                <X size={16} aria-hidden />
              </IconButton>
            </li>
          ))}
        </ol>
      )}
      <Problem text={problems.starters} />
      {starters.length < MOST.starters && (
        <div ref={place}>
          <Button icon={<Plus size={16} aria-hidden />} onClick={() => put({ starters: [...starters, { key: newKey(), text: "" }] })}>
            {words.addStarter}
          </Button>
        </div>
      )}
    </FormSection>
  );
}
