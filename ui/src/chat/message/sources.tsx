import { Download, FileText } from "lucide-react";
import type { Cited, Left, Source } from "@/chat/citing";
import { contentOf } from "@/chat/message/steps/content";
import { Picture } from "@/chat/message/steps/code";
import { useWords } from "@/i18n/chat-tools";
import { number } from "@/i18n/format";
import { plain } from "@/md";

interface SourcesProps {
  cited: Cited;
  /** Pictures that stand in the answer already. */
  drawn: ReadonlySet<string>;
  onOpen: (number: number) => void;
}

/** What an answer stands on, and what came of it: below it. */
export function Sources({ cited, drawn, onOpen }: SourcesProps) {
  const words = useWords().tools;
  const pictures = cited.files.filter((file) => file.picture && !drawn.has(file.fileId));
  const files = cited.files.filter((file) => !file.picture);
  return (
    <>
      {pictures.map((file, index) => (
        <Picture key={file.fileId} fileId={file.fileId} name={words.code.picture(number(index + 1))} />
      ))}
      {files.length > 0 && (
        <ul aria-label={words.files.label} className="my-3 flex flex-wrap gap-2">
          {files.map((file) => (
            <li key={file.fileId} className="min-w-0">
              <FileChip file={file} />
            </li>
          ))}
        </ul>
      )}
      {cited.sources.length > 0 && (
        <section className="my-3">
          <h3 className="mb-1.5 text-xs font-medium text-muted">{words.sources.title(cited.sources.length)}</h3>
          <ol className="flex flex-col gap-1">
            {cited.sources.map((source) => (
              <li key={source.number}>
                <SourceRow source={source} onOpen={onOpen} />
              </li>
            ))}
          </ol>
        </section>
      )}
    </>
  );
}

function FileChip({ file }: { file: Left }) {
  const words = useWords().tools.files;
  const name = plain(file.filename) || words.unnamed;
  return (
    <a
      href={contentOf(file.fileId)}
      download={name}
      aria-label={words.download(name)}
      className="flex max-w-72 items-center gap-2.5 rounded-xl border border-line bg-surface px-3 py-2 text-sm hover:bg-hover"
    >
      <FileText size={18} aria-hidden className="shrink-0 text-muted" />
      <span className="min-w-0 truncate">{name}</span>
      <Download size={16} aria-hidden className="shrink-0 text-muted" />
    </a>
  );
}

/** Where in a document a passage is, in words. */
export function whereOf(source: Source, page: (page: string) => string): string {
  const place = source.reference.place;
  const parts = [place?.page == null ? "" : page(number(place.page)), (place?.heading ?? []).map((each) => plain(each).slice(0, 80)).join(" › ")];
  return parts.filter(Boolean).join(" · ");
}

function SourceRow({ source, onOpen }: { source: Source; onOpen: (number: number) => void }) {
  const words = useWords().tools.sources;
  const where = whereOf(source, words.page);
  return (
    <button type="button" onClick={() => onOpen(source.number)} title={words.open} className="-mx-2 flex min-h-8 max-w-full items-center gap-2 rounded-lg px-2 py-1 text-left text-sm hover:bg-hover">
      <span aria-hidden className="md-cite m-0! shrink-0">
        {source.number}
      </span>
      <span className="sr-only">{source.number}. </span>
      <span className="min-w-0 truncate">{plain(source.reference.filename) || words.unnamed}</span>
      {where !== "" && <span className="min-w-0 shrink-[2] truncate text-xs text-muted">{where}</span>}
    </button>
  );
}
