import { type ReactNode, useState } from "react";
import { readSchema, sayFlaw, tidied } from "@/assistants/schema";
import { useWords } from "@/i18n/assistants";
import { Button, Field, TextArea } from "@/ui";

interface SchemaFieldProps {
  label: ReactNode;
  hint?: ReactNode;
  value: string;
  onChange: (value: string) => void;
  /** Whether it has to be of an object, as a function's parameters are. */
  object: boolean;
  /** What is wrong is said, also while somebody is still writing. */
  checked: boolean;
  placeholder?: string;
}

/** A JSON Schema, looked at as soon as somebody has written it. */
export function SchemaField({ label, hint, value, onChange, object, checked, placeholder }: SchemaFieldProps) {
  const words = useWords().assistants;
  const [left, setLeft] = useState(false);
  const { flaw } = readSchema(value, object);
  const broken = flaw?.kind === "broken";
  return (
    <div className="flex flex-col gap-2">
      <Field label={label} hint={hint} error={flaw !== null && (checked || left) ? sayFlaw(flaw, words.schema) : null}>
        {(ids) => (
          <TextArea
            {...ids}
            rows={9}
            value={value}
            spellCheck={false}
            autoCapitalize="none"
            placeholder={placeholder}
            className="max-h-[50dvh] font-mono !text-[0.8125rem]"
            onChange={(event) => {
              setLeft(false);
              onChange(event.target.value);
            }}
            onBlur={() => setLeft(true)}
          />
        )}
      </Field>
      <div>
        <Button disabled={value.trim() === "" || broken} onClick={() => onChange(tidied(value))}>
          {words.func.tidy}
        </Button>
      </div>
    </div>
  );
}
