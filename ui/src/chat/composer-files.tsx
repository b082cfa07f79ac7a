import { File as FileIcon, FileText, RotateCw, X } from "lucide-react";
import { explain } from "@/api";
import { FileRefused, type Uploads } from "@/chat/uploads";
import type { Attachment } from "@/chat/types";
import { useWords } from "@/i18n";
import { bytes, percent } from "@/i18n/format";

/** The files of the message that is being written, each with its state. */
export function ComposerFiles({ files, uploads }: { files: readonly Attachment[]; uploads: Uploads }) {
  const words = useWords().chat.composer;
  if (files.length === 0) return null;
  return (
    <ul aria-label={words.files} className="flex max-h-40 flex-wrap gap-2 overflow-y-auto px-3 pt-3">
      {files.map((file) => (
        <ComposerFile key={file.id} file={file} uploads={uploads} />
      ))}
    </ul>
  );
}

function ComposerFile({ file, uploads }: { file: Attachment; uploads: Uploads }) {
  const words = useWords().chat.composer;
  const failed = file.state === "failed";
  const away = file.state === "uploading" ? words.cancelFile(file.name) : words.removeFile(file.name);
  return (
    <li className={`relative flex w-60 max-w-full items-center gap-2.5 overflow-hidden rounded-xl border py-1.5 pr-1 pl-1.5 ${failed ? "border-danger/50 bg-danger-soft" : "border-line bg-ground"}`}>
      <Face file={file} />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-sm">{file.name}</span>
        <State file={file} />
      </span>
      {failed && !(file.error instanceof FileRefused) && (
        <button type="button" aria-label={words.retryFile(file.name)} title={words.retryFile(file.name)} onClick={() => uploads.again(file.id)} className="grid size-7 shrink-0 place-items-center rounded-lg hover:bg-hover">
          <RotateCw size={15} aria-hidden />
        </button>
      )}
      <button type="button" aria-label={away} title={away} onClick={() => uploads.remove(file.id)} className="grid size-7 shrink-0 place-items-center rounded-lg text-muted hover:bg-hover hover:text-ink">
        <X size={16} aria-hidden />
      </button>
      {file.state === "uploading" && (
        <span
          role="progressbar"
          aria-label={file.name}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round((file.progress ?? 0) * 100)}
          className="absolute inset-x-0 bottom-0 h-0.5 origin-left bg-accent transition-transform"
          style={{ transform: `scaleX(${file.progress ?? 0})` }}
        />
      )}
    </li>
  );
}

function Face({ file }: { file: Attachment }) {
  const picture = file.preview ?? (file.type.startsWith("image/") && file.state === "ready" ? `/v1/files/${encodeURIComponent(file.id)}/content` : undefined);
  if (picture !== undefined) return <img src={picture} alt="" className="size-9 shrink-0 rounded-lg object-cover" />;
  const Icon = file.type.startsWith("text/") || file.type === "application/pdf" ? FileText : FileIcon;
  return (
    <span className="grid size-9 shrink-0 place-items-center rounded-lg bg-hover text-muted">
      <Icon size={18} aria-hidden />
    </span>
  );
}

function State({ file }: { file: Attachment }) {
  const words = useWords();
  const said = words.chat.composer;
  if (file.state === "failed") {
    const why = file.error instanceof FileRefused ? (file.error.why === "tooMany" ? said.tooMany(20) : said[file.error.why]) : explain(file.error, words);
    return (
      <span role="alert" className="block text-xs text-danger">
        {why}
      </span>
    );
  }
  const size = file.size === null ? said.fileReady : bytes(file.size);
  return <span className="block text-xs text-muted">{file.state === "uploading" ? said.fileProgress(percent(file.progress ?? 0)) : size}</span>;
}
