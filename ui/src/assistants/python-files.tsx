import { useQueries } from "@tanstack/react-query";
import { File, Plus, X } from "lucide-react";
import { useRef, useState } from "react";
import { raw } from "@/api";
import { toast } from "@/app/toast";
import { MOST } from "@/assistants/draft";
import { Problem } from "@/assistants/form-section";
import { type Stored, storedQuery } from "@/assistants/stored-names";
import { tell } from "@/assistants/tell";
import type { FormPart } from "@/assistants/use-editing";
import { useWords } from "@/i18n/assistants";
import { bytes } from "@/i18n/format";
import { plain } from "@/md/visible";
import { Button, IconButton } from "@/ui";

async function send(file: File): Promise<{ id: string }> {
  const form = new FormData();
  form.append("purpose", "assistants");
  form.append("file", file, file.name);
  return (await (await raw("/v1/files", { method: "POST", body: form })).json()) as { id: string };
}

/** Files that lie ready for the assistant's Python. */
export function PythonFiles({ draft, put, problems, owns }: FormPart & { owns: boolean }) {
  const words = useWords();
  const said = words.assistants.tools;
  const input = useRef<HTMLInputElement>(null);
  const [sending, setSending] = useState<string | null>(null);
  const { files } = draft;
  const found = useQueries({ queries: owns ? files.map(storedQuery) : [] });
  if (!owns) return files.length === 0 ? null : <p className="text-sm text-muted">{said.filesOwner(files.length)}</p>;

  async function add(chosen: readonly File[]): Promise<void> {
    let now = files;
    for (const file of chosen.slice(0, MOST.files - files.length)) {
      setSending(file.name);
      try {
        now = [...now, (await send(file)).id];
        put({ files: now });
      } catch (error) {
        toast({ kind: "error", text: tell(error, words) });
      }
    }
    setSending(null);
  }

  return (
    <div className="flex flex-col gap-2 rounded-lg border border-line p-3">
      <div>
        <h3 className="text-sm font-medium">{said.files}</h3>
        <p className="text-sm text-muted">{said.filesHint}</p>
      </div>
      {files.length > 0 && (
        <ul aria-label={said.files} className="flex flex-col">
          {files.map((id, index) => (
            <FileRow key={id} file={found[index]?.data} onRemove={() => put({ files: files.filter((each) => each !== id) })} />
          ))}
        </ul>
      )}
      <Problem text={problems.files} />
      <p role="status" className="text-sm text-muted empty:hidden">
        {sending !== null && said.uploading(sending)}
      </p>
      {files.length < MOST.files && (
        <div>
          <Button busy={sending !== null} icon={<Plus size={16} aria-hidden />} onClick={() => input.current?.click()}>
            {said.addFile}
          </Button>
        </div>
      )}
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={said.addFile}
        onChange={(event) => {
          const chosen = [...(event.target.files ?? [])];
          event.target.value = "";
          void add(chosen);
        }}
      />
    </div>
  );
}

/** `file`: undefined while it is looked for, null where it is gone. */
function FileRow({ file, onRemove }: { file: Stored | null | undefined; onRemove: () => void }) {
  const words = useWords();
  const said = words.assistants.tools;
  const name = file === undefined ? words.common.loading : file === null ? said.fileGone : plain(file.filename ?? file.id);
  return (
    <li className="flex min-h-9 items-center gap-2 text-sm">
      <File size={16} className="shrink-0 text-muted" aria-hidden />
      <span className={`min-w-0 flex-1 truncate ${file === null ? "text-danger" : ""}`}>{name}</span>
      {file?.bytes !== undefined && <span className="text-xs whitespace-nowrap text-muted">{bytes(file.bytes)}</span>}
      <IconButton label={said.removeFile(name)} size="small" onClick={onRemove}>
        <X size={16} aria-hidden />
      </IconButton>
    </li>
  );
}
