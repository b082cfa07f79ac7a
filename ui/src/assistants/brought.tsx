import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { toast } from "@/app/toast";
import { type Brought, duplicateAssistant, importAssistant, keepAssistant } from "@/assistants/data";
import { tell } from "@/assistants/tell";
import { useWords } from "@/i18n/assistants";
import { Button, Dialog } from "@/ui";

type Kind = "duplicate" | "import";

interface Copying {
  busy: boolean;
  duplicate: (id: string) => void;
  take: (file: Blob) => void;
  /** What didn't come along; stands wherever the copying was begun. */
  report: ReactNode;
}

/** Copies and imports; the new assistant is opened, after it was told what it is without. */
export function useCopying(): Copying {
  const words = useWords();
  const said = words.assistants.brought;
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [found, setFound] = useState<{ kind: Kind; brought: Brought } | null>(null);

  function open(id: string): void {
    setFound(null);
    void navigate({ to: "/assistants/$assistantId", params: { assistantId: id } });
  }

  async function bring(kind: Kind, how: () => Promise<Brought>): Promise<void> {
    setBusy(true);
    try {
      const brought = await how();
      keepAssistant(brought.assistant);
      if (isWhole(brought)) {
        const name = brought.assistant.name ?? words.assistants.unnamed;
        toast({ text: kind === "import" ? said.imported(name) : said.duplicated(name) });
        open(brought.assistant.id);
      } else setFound({ kind, brought });
    } catch (error) {
      toast({ kind: "error", text: tell(error, words) });
    } finally {
      setBusy(false);
    }
  }

  return {
    busy,
    duplicate: (id) => void bring("duplicate", () => duplicateAssistant(id)),
    take: (file) => void bring("import", () => importAssistant(file)),
    report: found && <Report {...found} onOpen={() => open(found.brought.assistant.id)} onClose={() => setFound(null)} />,
  };
}

const isWhole = ({ empty_stores, lost_stores, lost_file_count, missing_model }: Brought): boolean => empty_stores.length === 0 && lost_stores === 0 && lost_file_count === 0 && missing_model === null;

function Report({ kind, brought, onOpen, onClose }: { kind: Kind; brought: Brought; onOpen: () => void; onClose: () => void }) {
  const words = useWords();
  const said = words.assistants.brought;
  const { assistant, empty_stores, lost_stores, lost_files, lost_file_count, missing_model } = brought;
  const told = [
    ...empty_stores.map((name) => said.emptyStores(`“${name}”`)),
    ...(lost_stores > 0 ? [said.lostStores(lost_stores)] : []),
    ...(lost_file_count > 0 ? [said.lostFiles(lost_file_count, lost_files.join(", "))] : []),
    ...(missing_model !== null ? [said.model(missing_model, assistant.model)] : []),
  ];
  const actions = (
    <>
      <Button onClick={onClose}>{words.common.close}</Button>
      <Button kind="primary" onClick={onOpen}>
        {said.open}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={said.title[kind]} actions={actions}>
      <p className="mb-3 text-sm">{said.text(assistant.name ?? words.assistants.unnamed)}</p>
      <ul className="flex list-disc flex-col gap-2 pl-5 text-sm text-muted">
        {told.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </Dialog>
  );
}
