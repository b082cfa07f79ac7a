import { toast } from "@/app/toast";
import { deleteAssistant, forgetAssistant } from "@/assistants/data";
import { tell } from "@/assistants/tell";
import { useWords } from "@/i18n/assistants";
import { Confirm } from "@/ui";

interface DeleteDialogProps {
  assistant: { id: string; name: string | null };
  onClose: () => void;
  onGone?: () => void;
}

/** Asks before an assistant goes away for everybody. */
export function DeleteDialog({ assistant, onClose, onGone }: DeleteDialogProps) {
  const words = useWords();
  const said = words.assistants.deleting;
  const name = assistant.name ?? words.assistants.unnamed;
  return (
    <Confirm
      open
      onClose={onClose}
      title={said.title(name)}
      text={said.text}
      action={said.action}
      explain={(error) => tell(error, words)}
      onConfirm={async () => {
        await deleteAssistant(assistant.id);
        onGone?.();
        forgetAssistant(assistant.id);
        toast({ text: said.done(name) });
      }}
    />
  );
}
