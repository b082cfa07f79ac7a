import { Link } from "@tanstack/react-router";
import { Crosshair, Download, Maximize2 } from "lucide-react";
import { useWords } from "@/i18n/knowledge";
import { type DocumentText, DocumentView, useDocumentText } from "@/knowledge/document-text";
import { contentOf } from "@/knowledge/stores";
import { plain } from "@/md";
import { Button, buttonClass, Dialog } from "@/ui";

/** What an answer, or a hit of a search, points at. Ids as they are shown: `file-…`, `conv_…`, `msg_…`. */
export interface Citation {
  fileId: string;
  filename: string;
  /** The place in the file's text, in characters; without one, the beginning is shown. */
  start?: number | null;
  end?: number | null;
  page?: number | null;
  heading?: readonly string[];
  /** The conversation and the item of it that cites: by them the passage is shown even when the document is gone. */
  conversationId?: string | null;
  itemId?: string | null;
}

interface PassageDialogProps {
  /** Null: closed. */
  citation: Citation | null;
  onClose: () => void;
}

/** A document, opened at the passage that an answer cites. */
export function PassageDialog({ citation, onClose }: PassageDialogProps) {
  if (citation === null) return null;
  return <Open key={`${citation.fileId} ${citation.start ?? ""}`} citation={citation} onClose={onClose} />;
}

function Open({ citation, onClose }: { citation: Citation; onClose: () => void }) {
  const document = useDocumentText(citation);
  const name = document.first?.filename ?? citation.filename;
  return (
    <Dialog open onClose={onClose} title={<span className="line-clamp-2">{plain(name)}</span>} description={<Whereabouts citation={citation} document={document} />} actions={<Actions citation={citation} document={document} onLeave={onClose} />} wide>
      <DocumentView document={document} name={name} />
    </Dialog>
  );
}

/** Page and headings of the cited place. */
export function Whereabouts({ citation, document }: { citation: Citation; document: DocumentText }) {
  const words = useWords().knowledge.passage;
  const page = citation.page ?? document.cited?.page ?? null;
  const heading = citation.heading ?? document.cited?.heading ?? [];
  const path = [...(page === null ? [] : [words.page(page)]), ...heading.map(plain)];
  return path.length === 0 ? words.untrusted : path.join(" › ");
}

/** What can be done with the document. */
export function Actions({ citation, document, onLeave }: { citation: Citation; document: DocumentText; onLeave?: () => void }) {
  const words = useWords().knowledge.passage;
  const { fileId, start, end } = citation;
  const place = { ...(start != null && { start }), ...(end != null && { end }) };
  return (
    <>
      {document.cited !== undefined && (
        <Button kind="quiet" className="mr-auto" title={words.toCited} icon={<Crosshair size={16} aria-hidden />} onClick={toCited}>
          {words.cited}
        </Button>
      )}
      {onLeave !== undefined && document.first?.whole === true && (
        <Link to="/files/$fileId" params={{ fileId }} search={place} resetScroll={false} onClick={onLeave} aria-label={words.openPage} title={words.openPage} className={buttonClass()}>
          <Maximize2 size={16} aria-hidden />
          <span className="max-sm:hidden">{words.wholePage}</span>
        </Link>
      )}
      {(document.first?.own === true || document.unreadable) && (
        <a href={contentOf(fileId)} download={plain(document.first?.filename ?? citation.filename)} className={buttonClass()}>
          <Download size={16} aria-hidden />
          {words.download}
        </a>
      )}
    </>
  );
}

function toCited(): void {
  const element = window.document.querySelector<HTMLElement>("[data-cited]");
  element?.scrollIntoView({ block: "center" });
  element?.focus({ preventScroll: true });
}
