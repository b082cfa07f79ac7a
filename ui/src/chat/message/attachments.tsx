import { FileText, Image, TriangleAlert } from "lucide-react";
import type { Attachment } from "@/chat/types";
import { useWords } from "@/i18n";
import { bytes } from "@/i18n/format";
import { plain } from "@/md";
import { Spinner } from "@/ui";

/** Pictures come from here or from this browser, from nowhere else. */
function ownPicture(preview: string | undefined): string | null {
  if (preview === undefined) return null;
  return preview.startsWith("blob:") || /^\/(?![/\\])/.test(preview) ? preview : null;
}

/** The files that came with a question. */
export function Attachments({ files }: { files: readonly Attachment[] }) {
  const words = useWords().message;
  if (files.length === 0) return null;
  return (
    <ul aria-label={words.attachments} className="flex flex-wrap justify-end gap-2">
      {files.map((file) => (
        <li key={file.id} className="min-w-0">
          <File file={file} />
        </li>
      ))}
    </ul>
  );
}

function File({ file }: { file: Attachment }) {
  const words = useWords().message;
  const name = plain(file.name) || (file.type.startsWith("image/") ? words.picture : words.file);
  const picture = ownPicture(file.preview);
  if (picture !== null && file.state === "ready") {
    return <img src={picture} alt={name} title={name} loading="lazy" className="max-h-60 max-w-full rounded-xl border border-line object-contain" />;
  }
  return (
    <span className="flex max-w-72 items-center gap-2.5 rounded-xl border border-line bg-surface px-3 py-2 text-sm" title={name}>
      <FileIcon file={file} />
      <span className="min-w-0">
        <span className="block truncate">{name}</span>
        <span className={`block text-xs ${file.state === "failed" ? "text-danger" : "text-muted"}`}>
          {file.state === "failed" ? words.attachmentFailed : file.size === null ? "" : bytes(file.size)}
        </span>
      </span>
    </span>
  );
}

function FileIcon({ file }: { file: Attachment }) {
  if (file.state === "uploading") return <Spinner />;
  if (file.state === "failed") return <TriangleAlert size={18} aria-hidden className="shrink-0 text-danger" />;
  return file.type.startsWith("image/") ? <Image size={18} aria-hidden className="shrink-0 text-muted" /> : <FileText size={18} aria-hidden className="shrink-0 text-muted" />;
}
