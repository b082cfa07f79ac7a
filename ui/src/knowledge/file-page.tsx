import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { DocumentView, useDocumentText } from "@/knowledge/document-text";
import { Actions, type Citation, Whereabouts } from "@/knowledge/passage";
import { useWords } from "@/i18n/knowledge";
import { fileName } from "@/knowledge/stores";
import { plain } from "@/md";
import { Page } from "@/ui";

/** A document on a page of its own, at the place that the address names. */
export function FilePage() {
  const words = useWords().knowledge.passage;
  const { fileId } = useParams({ from: "/inside/files/$fileId" });
  const place = useSearch({ from: "/inside/files/$fileId" });
  const citation: Citation = { fileId, filename: "", ...place };
  const document = useDocumentText(citation);
  const file = useQuery({ queryKey: ["file", fileId], queryFn: () => fileName(fileId), enabled: document.unreadable });
  const name = document.first?.filename ?? file.data ?? "";
  const title = plain(name) || (document.text.isPending ? words.loading : words.untitled);
  return (
    <Page title={title} description={document.first === undefined ? undefined : <Whereabouts citation={citation} document={document} />} actions={<Actions citation={citation} document={document} />}>
      <DocumentView document={document} name={name} />
    </Page>
  );
}
