import { useParams, useSearch } from "@tanstack/react-router";
import { DocumentView, useDocumentText } from "@/knowledge/document-text";
import { Actions, type Citation, Whereabouts } from "@/knowledge/passage";
import { useWords } from "@/i18n/knowledge";
import { plain } from "@/md";
import { Page } from "@/ui";

/** A document on a page of its own, at the place that the address names. */
export function FilePage() {
  const words = useWords().knowledge.passage;
  const { fileId } = useParams({ from: "/inside/files/$fileId" });
  const place = useSearch({ from: "/inside/files/$fileId" });
  const citation: Citation = { fileId, filename: "", ...place };
  const document = useDocumentText(citation);
  const name = document.first?.filename ?? "";
  return (
    <Page title={name === "" ? words.loading : plain(name)} description={<Whereabouts citation={citation} document={document} />} actions={<Actions citation={citation} document={document} />}>
      <DocumentView document={document} name={name} />
    </Page>
  );
}
