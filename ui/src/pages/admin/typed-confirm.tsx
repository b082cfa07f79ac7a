import { type ReactNode, useState } from "react";
import { Button, Dialog, Field, TextInput } from "@/ui";
import { useWords } from "@/i18n";
import { useExplain } from "@/pages/admin/explain";

interface TypedConfirmProps {
  onClose: () => void;
  title: string;
  text: ReactNode;
  /** What has to be typed, and how that is asked for. */
  word: string;
  label: string;
  action: string;
  onConfirm: () => Promise<void>;
}

/** Asks before something that nothing brings back: the object's name has to be typed. */
export function TypedConfirm({ onClose, title, text, word, label, action, onConfirm }: TypedConfirmProps) {
  const words = useWords().common;
  const why = useExplain();
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const fits = typed.trim().toLowerCase() === word.toLowerCase();

  async function run(): Promise<void> {
    if (!fits || busy) return;
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      onClose();
    } catch (failure) {
      setError(why(failure));
      setBusy(false);
    }
  }

  const actions = (
    <>
      <Button onClick={onClose}>{words.cancel}</Button>
      <Button kind="danger" busy={busy} disabled={!fits} onClick={() => void run()}>
        {action}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={title} actions={actions}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <p className="text-sm text-muted">{text}</p>
        <Field label={label} error={error}>
          {(ids) => <TextInput {...ids} value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" spellCheck={false} />}
        </Field>
      </form>
    </Dialog>
  );
}
