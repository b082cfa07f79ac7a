import { useState } from "react";
import { explain } from "@/api";
import { toast } from "@/app/toast";
import { useWords } from "@/i18n/knowledge";
import { AttributesDialog } from "@/knowledge/attributes-dialog";
import { PassageDialog } from "@/knowledge/passage";
import { type StoredFile, takeOut } from "@/knowledge/stores";
import { plain } from "@/md";
import { Checkbox, Confirm } from "@/ui";

export type FileDoing = { what: "text" | "attributes" | "remove"; file: StoredFile } | null;

interface FileDialogsProps {
  storeId: string;
  doing: FileDoing;
  onClose: () => void;
}

/** What is done with one file of a base. */
export function FileDialogs({ storeId, doing, onClose }: FileDialogsProps) {
  if (doing === null) return null;
  const { what, file } = doing;
  if (what === "text") return <PassageDialog citation={{ fileId: file.id, filename: file.prosa.filename }} onClose={onClose} />;
  if (what === "attributes") return <AttributesDialog storeId={storeId} file={file} onClose={onClose} />;
  return <RemoveFile storeId={storeId} file={file} onClose={onClose} />;
}

function RemoveFile({ storeId, file, onClose }: { storeId: string; file: StoredFile; onClose: () => void }) {
  const words = useWords();
  const said = words.knowledge.file;
  const [whole, setWhole] = useState(true);
  const name = plain(file.prosa.filename);
  const text = (
    <div className="flex flex-col gap-4">
      <p>{said.removeText}</p>
      <Checkbox label={said.alsoFile} hint={said.alsoFileHint} checked={whole} onChange={(event) => setWhole(event.target.checked)} className="text-ink" />
    </div>
  );
  return (
    <Confirm
      open
      onClose={onClose}
      title={said.removeTitle(name)}
      text={text}
      action={said.remove}
      explain={(error) => explain(error, words)}
      onConfirm={async () => {
        await takeOut(storeId, file.id, whole);
        toast({ text: said.removed(name) });
      }}
    />
  );
}
