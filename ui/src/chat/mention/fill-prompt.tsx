import { type KeyboardEvent, useId, useRef, useState } from "react";
import type { Prompt } from "@/chat/mention/offers";
import { filled } from "@/chat/mention/variables";
import { useWords } from "@/i18n/chat-tools";
import { plain } from "@/md";
import { Button, Dialog, Field, TextArea } from "@/ui";

interface FillPromptProps {
  prompt: Prompt;
  onUse: (text: string) => void;
  onClose: () => void;
}

/** Asks what stands for each variable of a prompt. */
export function FillPrompt({ prompt, onUse, onClose }: FillPromptProps) {
  const words = useWords();
  const said = words.tools.fill;
  const form = useId();
  const first = useRef<HTMLTextAreaElement>(null);
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});

  function apply(event: { preventDefault: () => void; stopPropagation: () => void }): void {
    event.preventDefault();
    // This form may stand within another one's part of the page, which is sent by its own button alone.
    event.stopPropagation();
    onUse(filled(prompt.text, new Map(prompt.variables.map((name) => [name, values[name] ?? ""]))));
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.nativeEvent.isComposing) apply(event);
  }

  const actions = (
    <>
      <Button onClick={onClose}>{words.common.cancel}</Button>
      <Button kind="primary" type="submit" form={form}>
        {said.insert}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={said.title(plain(prompt.name))} description={said.description} actions={actions} first={first}>
      <form id={form} onSubmit={apply} className="flex flex-col gap-4">
        {prompt.variables.map((name, index) => (
          <Field key={name} label={plain(name)}>
            {(ids) => <TextArea {...ids} {...(index === 0 && { ref: first })} rows={2} onKeyDown={onKeyDown} value={values[name] ?? ""} onChange={(event) => setValues((now) => ({ ...now, [name]: event.target.value }))} />}
          </Field>
        ))}
      </form>
    </Dialog>
  );
}
