import { Link } from "@tanstack/react-router";
import { Bot, FileUp, Plus, SearchX } from "lucide-react";
import { type ReactNode, useId, useRef, useState } from "react";
import { useCopying } from "@/assistants/brought";
import { AssistantCard } from "@/assistants/card";
import { type AssistantLine, type Circle, CIRCLES, LIST, listAssistants } from "@/assistants/data";
import { DeleteDialog } from "@/assistants/delete-dialog";
import { useWords } from "@/i18n/assistants";
import { type Listed, usePages } from "@/pages/admin/lists";
import { useQuiet } from "@/pages/admin/parts";
import { Button, buttonClass, EmptyState, ErrorState, Page, Skeleton, TextInput } from "@/ui";

/** The assistants that one may use: one's own, those that somebody shared with one, and everyone's. */
export function AssistantsPage() {
  const words = useWords();
  const said = words.assistants;
  const [typed, setTyped] = useState("");
  const search = useQuiet(typed.trim().slice(0, 200));
  const lists = useCircles(search);
  const copying = useCopying();
  const [deleting, setDeleting] = useState<AssistantLine | null>(null);
  const all = CIRCLES.flatMap((circle) => lists[circle].rows ?? []);
  const failed = CIRCLES.find((circle) => lists[circle].error !== null && lists[circle].rows === undefined);
  const loading = CIRCLES.some((circle) => lists[circle].rows === undefined);
  const empty = !loading && all.length === 0;

  return (
    <Page wide title={said.title} description={<span className="block max-w-xl">{said.text}</span>} actions={<Making busy={copying.busy} onFile={copying.take} />}>
      {(typed !== "" || !empty) && (
        <div role="search" className="mb-8">
          <TextInput type="search" aria-label={said.search} placeholder={said.search} value={typed} maxLength={200} className="max-w-md" onChange={(event) => setTyped(event.target.value)} />
        </div>
      )}
      {failed !== undefined ? (
        <ErrorState error={lists[failed].error} onRetry={() => CIRCLES.forEach((circle) => lists[circle].retry())} />
      ) : empty ? (
        <Nothing search={search} onClear={() => setTyped("")} />
      ) : (
        CIRCLES.map((circle) => <Part key={circle} circle={circle} list={lists[circle]} waits={all.length === 0} onDuplicate={copying.duplicate} onDelete={setDeleting} />)
      )}
      {copying.report}
      {deleting !== null && <DeleteDialog assistant={deleting} onClose={() => setDeleting(null)} />}
    </Page>
  );
}

function useCircles(search: string): Record<Circle, Listed<AssistantLine>> {
  const mine = usePages<AssistantLine>([...LIST, "mine", search], (cursor) => listAssistants("mine", search, cursor));
  const chosen = usePages<AssistantLine>([...LIST, "chosen", search], (cursor) => listAssistants("chosen", search, cursor));
  const everyone = usePages<AssistantLine>([...LIST, "everyone", search], (cursor) => listAssistants("everyone", search, cursor));
  return { mine, chosen, everyone };
}

/** From scratch, or from a file. */
function Making({ busy, onFile }: { busy: boolean; onFile: (file: Blob) => void }) {
  const words = useWords().assistants;
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button busy={busy} icon={<FileUp size={16} aria-hidden />} onClick={() => input.current?.click()}>
        {words.import}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        accept=".json,application/json"
        aria-label={words.import}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file !== undefined) onFile(file);
        }}
      />
      <Create />
    </>
  );
}

function Create() {
  const words = useWords().assistants;
  return (
    <Link to="/assistants/new" className={buttonClass("primary")}>
      <Plus size={16} aria-hidden />
      {words.create}
    </Link>
  );
}

function Nothing({ search, onClear }: { search: string; onClear: () => void }) {
  const words = useWords().assistants.list;
  if (search !== "") {
    return (
      <EmptyState icon={<SearchX aria-hidden />} title={words.noneTitle} action={<Button onClick={onClear}>{words.clear}</Button>}>
        {words.none(search)}
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={<Bot aria-hidden />} title={words.emptyTitle} action={<Create />}>
      <p>{words.empty}</p>
      <p className="mt-2">{words.emptyReader}</p>
    </EmptyState>
  );
}

interface PartProps {
  circle: Circle;
  list: Listed<AssistantLine>;
  /** Nothing is there yet to be seen meanwhile. */
  waits: boolean;
  onDuplicate: (id: string) => void;
  onDelete: (assistant: AssistantLine) => void;
}

function Part({ circle, list, waits, onDuplicate, onDelete }: PartProps) {
  const words = useWords();
  const heading = useId();
  const { rows, more } = list;
  if (rows === undefined) return waits && circle === "mine" ? <Waiting /> : null;
  if (rows.length === 0) return null;
  return (
    <section aria-labelledby={heading} className="mb-10">
      <h2 id={heading} className="mb-3 text-base font-semibold">
        {words.assistants.list[circle]}
      </h2>
      <Grid>
        {rows.map((each) => (
          <AssistantCard key={each.id} assistant={each} onDuplicate={() => onDuplicate(each.id)} onDelete={() => onDelete(each)} />
        ))}
      </Grid>
      {more !== undefined && (
        <Button className="mt-4" busy={more.busy} onClick={more.load}>
          {words.common.loadMore}
        </Button>
      )}
    </section>
  );
}

function Grid({ children }: { children: ReactNode }) {
  return <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">{children}</ul>;
}

function Waiting() {
  const words = useWords().common;
  return (
    <div role="status" aria-label={words.loading} className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
      {[0, 1, 2, 3, 4, 5].map((each) => (
        <Skeleton key={each} className="h-36 w-full rounded-xl" />
      ))}
    </div>
  );
}
