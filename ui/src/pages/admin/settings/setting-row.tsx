import { Check } from "lucide-react";
import { type FormEvent, useEffect, useId, useState } from "react";
import { ApiError } from "@/api";
import { useWords } from "@/i18n";
import { useAdminWords } from "@/i18n/admin";
import { number } from "@/i18n/format";
import { useExplain } from "@/pages/admin/explain";
import type { Setting, Value } from "@/pages/admin/settings/data";
import { Control } from "@/pages/admin/settings/setting-control";
import { rangeIn, typedValue } from "@/pages/admin/settings/values";
import { Toggle } from "@/pages/admin/toggle";
import { Button } from "@/ui";

interface SettingRowProps {
  setting: Setting;
  save: (value: Value) => Promise<void>;
}

type Outcome = { state: "idle" | "busy" | "saved" } | { state: "failed"; why: string };

/** A setting: what it is, what it is set to, where that comes from, and the way to change it. */
export function SettingRow({ setting, save }: SettingRowProps) {
  const words = useAdminWords().settings;
  const id = useId();
  const { label, text } = words.described[setting.key] ?? { label: setting.setting, text: "" };
  const { outcome, run } = useSaving(setting, save);
  return (
    <div className="grid gap-x-8 gap-y-3 px-4 py-4 sm:px-5 md:grid-cols-[1fr_minmax(15rem,20rem)]">
      <div className="min-w-0">
        <label htmlFor={id} id={`${id}-label`} className="font-medium">
          {label}
        </label>
        <p id={`${id}-text`} className="mt-0.5 text-sm text-muted">
          {text} {setting.unit === "requests a minute" && words.noLimit} {setting.editable && setting.origin === "default" && `${words.origin.default}.`}
        </p>
        <Where setting={setting} onBack={() => void run(null)} label={label} />
      </div>
      <div className="min-w-0">
        {setting.kind === "switch" ? (
          <div className="flex md:justify-end">
            <Toggle label={label} checked={setting.value === true} disabled={!setting.editable} onChange={(on) => void run(on)} />
          </div>
        ) : (
          <Editor key={String(setting.value)} id={id} setting={setting} label={label} busy={outcome.state === "busy"} onSave={run} />
        )}
        <div role="status" className="mt-1.5 text-sm empty:hidden">
          {outcome.state === "saved" && (
            <p className="flex items-center gap-1.5 text-good">
              <Check size={16} aria-hidden />
              {words.saved}
            </p>
          )}
          {outcome.state === "failed" && <p className="text-danger">{outcome.why}</p>}
        </div>
      </div>
    </div>
  );
}

function useSaving(setting: Setting, save: (value: Value) => Promise<void>) {
  const words = useAdminWords().settings;
  const why = useExplain();
  const [outcome, setOutcome] = useState<Outcome>({ state: "idle" });

  useEffect(() => {
    if (outcome.state !== "saved") return;
    const timer = setTimeout(() => setOutcome({ state: "idle" }), 6_000);
    return () => clearTimeout(timer);
  }, [outcome]);

  async function run(value: Value): Promise<boolean> {
    setOutcome({ state: "busy" });
    try {
      await save(value);
      setOutcome({ state: "saved" });
      return true;
    } catch (error) {
      const unfit = error instanceof ApiError && error.code === "unfit_value";
      setOutcome({ state: "failed", why: (unfit ? (rangeIn(error.detail, words) ?? words.wrong[setting.kind]) : undefined) ?? why(error) });
      return false;
    }
  }

  return { outcome, run };
}

function Where({ setting, label, onBack }: { setting: Setting; label: string; onBack: () => void }) {
  const words = useAdminWords().settings;
  if (setting.editable && setting.origin === "default") return null;
  const told = words.origin[setting.origin];
  const origin = typeof told === "string" ? told : told(setting.setting);
  const fixed = setting.editable ? null : setting.origin === "file" || setting.origin === "environment" ? words.fixed : words.still(setting.setting);
  return (
    <p className="mt-1.5 text-sm text-muted">
      {origin}. {fixed}
      {setting.editable && setting.origin === "database" && (
        <button type="button" aria-label={words.backOf(label)} onClick={onBack} className="min-h-6 rounded-md underline underline-offset-4 hover:text-ink">
          {words.back}
        </button>
      )}
    </p>
  );
}

interface EditorProps {
  id: string;
  setting: Setting;
  label: string;
  busy: boolean;
  onSave: (value: Value) => Promise<boolean>;
}

/** The control with its "save", which is there as soon as there is something to save. */
function Editor({ id, setting, label, busy, onSave }: EditorProps) {
  const common = useWords().common;
  const words = useAdminWords().settings;
  const first = setting.value === null ? "" : String(setting.value);
  const [text, setText] = useState(first);
  const value = typedValue(setting, text);
  const dirty = text !== first;
  const wrong = dirty && value === undefined;

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (dirty && value !== undefined) void onSave(value);
  }

  return (
    <form className="flex flex-col gap-2" onSubmit={submit}>
      <Control id={id} setting={setting} text={text} onChange={setText} wrong={wrong} />
      {wrong && setting.least !== null && setting.most !== null && (
        <p role="alert" className="text-sm text-danger">
          {words.range(number(setting.least), number(setting.most))}
        </p>
      )}
      {dirty && (
        <div className="flex justify-end gap-2">
          <Button kind="quiet" onClick={() => setText(first)}>
            {common.cancel}
          </Button>
          <Button kind="primary" type="submit" busy={busy} disabled={value === undefined} aria-label={words.saveOf(label)}>
            {common.save}
          </Button>
        </div>
      )}
    </form>
  );
}
