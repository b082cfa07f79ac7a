import { type FormEvent, useId, useState } from "react";
import type { Settings } from "@/chat/settings";
import { useWords } from "@/i18n";
import { Button, Dialog, Field, Select, TextArea, TextInput } from "@/ui";

type Effort = NonNullable<Settings["reasoning_effort"]>;

interface SettingsDialogProps {
  settings: Settings;
  /** True once they are kept; the dialog closes then. */
  onSave: (settings: Settings) => Promise<boolean>;
  onClose: () => void;
}

/** What a conversation's answers are asked with. */
export function SettingsDialog({ settings, onSave, onClose }: SettingsDialogProps) {
  const words = useWords();
  const said = words.chat.settings;
  const form = useId();
  const [instructions, setInstructions] = useState(settings.instructions ?? "");
  const [temperature, setTemperature] = useState(settings.temperature?.toString() ?? "");
  const [length, setLength] = useState(settings.max_output_tokens?.toString() ?? "");
  const [effort, setEffort] = useState<Effort | "">(settings.reasoning_effort ?? "");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const warmth = numberIn(temperature);
  const tokens = numberIn(length);
  const badWarmth = Number.isNaN(warmth) || (warmth !== null && (warmth < 0 || warmth > 2));
  const badTokens = Number.isNaN(tokens) || (tokens !== null && (tokens < 16 || !Number.isInteger(tokens)));

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    setTried(true);
    if (badWarmth || badTokens) return;
    setBusy(true);
    const wish = { ...settings, instructions: instructions.trim() || null, temperature: warmth, max_output_tokens: tokens, reasoning_effort: effort === "" ? null : effort };
    const done = await onSave(wish).finally(() => setBusy(false));
    if (done) onClose();
  }

  const actions = (
    <>
      <Button onClick={onClose}>{words.common.cancel}</Button>
      <Button kind="primary" type="submit" form={form} busy={busy}>
        {words.common.save}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={said.title} description={said.description} actions={actions}>
      <form id={form} noValidate onSubmit={(event) => void save(event)} className="flex flex-col gap-5">
        <Field label={said.instructions} hint={said.instructionsHint}>
          {(ids) => <TextArea {...ids} rows={6} maxLength={100_000} value={instructions} onChange={(event) => setInstructions(event.target.value)} />}
        </Field>
        <Field label={said.temperature} hint={said.temperatureHint} error={tried && badWarmth ? said.temperatureBad : null}>
          {(ids) => <TextInput {...ids} inputMode="decimal" value={temperature} onChange={(event) => setTemperature(event.target.value)} />}
        </Field>
        <Field label={said.length} hint={said.lengthHint} error={tried && badTokens ? said.lengthBad : null}>
          {(ids) => <TextInput {...ids} inputMode="numeric" value={length} onChange={(event) => setLength(event.target.value)} />}
        </Field>
        <Field label={said.effort} hint={said.effortHint}>
          {(ids) => (
            <Select {...ids} value={effort} onChange={(event) => setEffort(event.target.value as Effort | "")}>
              {Object.entries(said.efforts).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </form>
    </Dialog>
  );
}

/** Null where nothing is written; a comma is a point. */
function numberIn(text: string): number | null {
  const written = text.trim().replace(",", ".");
  return written === "" ? null : Number(written);
}
