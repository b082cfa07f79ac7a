import { useInfiniteQuery } from "@tanstack/react-query";
import { FileCheck2, FileText } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useWords } from "@/i18n/knowledge";
import { FileDialogs, type FileDoing } from "@/knowledge/file-dialogs";
import { FileRow } from "@/knowledge/file-row";
import { type Counts, type FileState, filesQuery, renewed, type Store, type StoredFile } from "@/knowledge/stores";
import { useStages } from "@/knowledge/stages";
import { UploadArea } from "@/knowledge/upload-area";
import { Button, EmptyState, ErrorState, Select, SkeletonList } from "@/ui";

/** What is in a base, and the way into it. */
export function StoreFiles({ store }: { store: Store }) {
  const words = useWords();
  const said = words.knowledge.file;
  const [filter, setFilter] = useState<FileState | null>(null);
  const [doing, setDoing] = useState<FileDoing>(null);
  const files = useInfiniteQuery(filesQuery(store.id, filter));
  const items = files.data?.pages.flatMap((page) => page.data) ?? [];
  const stages = useStages([...new Set(items.filter((each) => each.status === "in_progress").map((each) => each.prosa.batch_id))]);
  useInStep(store, items);
  return (
    <>
      <UploadArea store={store} />
      <News counts={store.file_counts} />
      <Filter counts={store.file_counts} filter={filter} onChange={setFilter} />
      {files.isPending && <SkeletonList rows={4} className="h-14" />}
      {files.isError && files.data === undefined && <ErrorState error={files.error} onRetry={() => void files.refetch()} />}
      {files.data !== undefined && items.length === 0 && <Nothing filtered={filter !== null} />}
      {items.length > 0 && (
        <ul aria-label={said.label} className="divide-y divide-line rounded-xl border border-line bg-surface">
          {items.map((file) => (
            <FileRow key={file.id} storeId={store.id} file={file} stage={file.status === "in_progress" ? stages.get(file.id) : undefined} onDo={setDoing} />
          ))}
        </ul>
      )}
      {files.hasNextPage && (
        <Button className="mt-3" busy={files.isFetchingNextPage} onClick={() => void files.fetchNextPage()}>
          {words.common.loadMore}
        </Button>
      )}
      <FileDialogs storeId={store.id} doing={doing} onClose={() => setDoing(null)} />
    </>
  );
}

/** Base and list are asked for by themselves: where one knows more than the other, that one is asked again. */
function useInStep(store: Store, items: readonly StoredFile[]): void {
  const reading = items.filter((each) => each.status === "in_progress").length;
  const { id } = store;
  const told = useRef(reading);
  useEffect(() => {
    if (reading < told.current) renewed(id);
    told.current = reading;
  }, [reading, id]);
}

function Nothing({ filtered }: { filtered: boolean }) {
  const words = useWords().knowledge.file;
  if (filtered) return <EmptyState icon={<FileCheck2 aria-hidden />} title={words.noneFailed} />;
  return (
    <EmptyState icon={<FileText aria-hidden />} title={words.none}>
      {words.noneText}
    </EmptyState>
  );
}

const CHOICES = [
  ["completed", "ready"],
  ["in_progress", "reading"],
  ["failed", "failed"],
  ["cancelled", "cancelled"],
] as const;

/** Only what stands in one way; there is nothing to choose where all do. */
function Filter({ counts, filter, onChange }: { counts: Counts; filter: FileState | null; onChange: (filter: FileState | null) => void }) {
  const words = useWords().knowledge.file;
  const offered = CHOICES.filter(([state]) => counts[state] > 0 || state === filter);
  if (offered.length < 2 && filter === null) return null;
  return (
    <label className="mb-3 flex w-fit items-center gap-2 text-sm">
      <span className="text-muted">{words.filter}</span>
      <Select className="w-auto!" value={filter ?? ""} onChange={(event) => onChange(event.target.value === "" ? null : (event.target.value as FileState))}>
        <option value="">{words.all(counts.total)}</option>
        {offered.map(([state, name]) => (
          <option key={state} value={state}>
            {words[name](counts[state])}
          </option>
        ))}
      </Select>
    </label>
  );
}

/** Told to those who hear the page: what became of the files that were read. */
function News({ counts }: { counts: Counts }) {
  const words = useWords().knowledge.file;
  const before = useRef(counts);
  const [text, setText] = useState("");
  useEffect(() => {
    const ready = counts.completed - before.current.completed;
    const failed = counts.failed - before.current.failed;
    before.current = counts;
    if (ready > 0 || failed > 0) setText(words.news(Math.max(ready, 0), Math.max(failed, 0)));
  }, [counts, words]);
  return (
    <p role="status" className="sr-only">
      {text}
    </p>
  );
}
