import { useQuery } from "@tanstack/react-query";
import { useAdminWords } from "@/i18n/admin";
import { CATALOGUE, listModels } from "@/pages/admin/models/data";
import type { Setting } from "@/pages/admin/settings/data";
import { type Registration, registrationOf, registrationText } from "@/pages/admin/settings/values";
import { Field, Select, TextInput } from "@/ui";

interface ControlProps {
  id: string;
  setting: Setting;
  text: string;
  onChange: (text: string) => void;
  wrong: boolean;
}

/** What a setting of this kind is changed with. */
export function Control(props: ControlProps) {
  switch (props.setting.kind) {
    case "number":
      return <NumberControl {...props} />;
    case "choice":
      return <Choice {...props} />;
    case "model":
    case "embedding_model":
      return <ModelChoice {...props} />;
    case "registration":
      return <RegistrationChoice {...props} />;
    default:
      return <TextControl {...props} />;
  }
}

const shared = ({ id, setting, wrong }: ControlProps) => ({
  id,
  "aria-describedby": `${id}-text`,
  disabled: !setting.editable,
  ...(wrong && { "aria-invalid": true as const }),
});

function NumberControl(props: ControlProps) {
  const words = useAdminWords().settings;
  const { setting, text, onChange } = props;
  return (
    <div className="flex items-center gap-2.5">
      <TextInput {...shared(props)} inputMode="numeric" autoComplete="off" className="min-w-0 flex-1 tabular-nums" value={text} onChange={(event) => onChange(event.target.value)} />
      {setting.unit !== null && <span className="text-sm text-muted">{words.units[setting.unit] ?? setting.unit}</span>}
    </div>
  );
}

function TextControl(props: ControlProps) {
  return <TextInput {...shared(props)} autoComplete="off" value={props.text} onChange={(event) => props.onChange(event.target.value)} />;
}

function Choice(props: ControlProps) {
  const words = useAdminWords().settings;
  return (
    <Select {...shared(props)} value={props.text} onChange={(event) => props.onChange(event.target.value)}>
      {props.setting.choices.map((choice) => (
        <option key={choice} value={choice}>
          {words.languages[choice] ?? choice}
        </option>
      ))}
    </Select>
  );
}

function ModelChoice(props: ControlProps) {
  const words = useAdminWords().settings;
  const { setting, text, onChange } = props;
  const found = useQuery({ queryKey: CATALOGUE, queryFn: listModels });
  const kind = setting.kind === "embedding_model" ? "embedding" : "chat";
  const models = (found.data?.data ?? []).filter((model) => model.kind === kind && model.enabled);
  const missing = text !== "" && !models.some((model) => model.id === text);
  const chosen = text === "" ? models.find((model) => model.default)?.id : undefined;
  const own = typeof setting.default === "string" ? setting.default : chosen;
  const unset = words.described[setting.key]?.unset ?? (own === undefined ? words.byItself : words.byItselfIs(own));
  return (
    <Select {...shared(props)} value={text} onChange={(event) => onChange(event.target.value)}>
      <option value="">{unset}</option>
      {missing && <option value={text}>{text}</option>}
      {models.map((model) => (
        <option key={model.id} value={model.id}>
          {model.title === model.id ? model.id : `${model.title} · ${model.id}`}
        </option>
      ))}
    </Select>
  );
}

function RegistrationChoice(props: ControlProps) {
  const words = useAdminWords().settings;
  const { setting, text, onChange } = props;
  const chosen = registrationOf(text);
  return (
    <div className="flex flex-col gap-3">
      <Select {...shared(props)} value={chosen.mode} onChange={(event) => onChange(registrationText({ ...chosen, mode: event.target.value as Registration["mode"] }))}>
        {(["open", "invite", "domain", "closed"] as const).map((mode) => (
          <option key={mode} value={mode}>
            {words.registrations[mode]}
          </option>
        ))}
      </Select>
      {chosen.mode === "domain" && (
        <Field label={words.domains} hint={words.domainsHint}>
          {(ids) => (
            <TextInput {...ids} autoComplete="off" disabled={!setting.editable} defaultValue={chosen.domains} onChange={(event) => onChange(registrationText({ mode: "domain", domains: event.target.value }))} />
          )}
        </Field>
      )}
    </div>
  );
}
