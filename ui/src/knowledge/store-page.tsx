import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ArrowLeft, Copy, EllipsisVertical, FileText, MessageCircleQuestion, Pencil, SearchX, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { ApiError } from "@/api";
import { copyText } from "@/app/browser";
import { toast } from "@/app/toast";
import { useWords } from "@/i18n/knowledge";
import { ago, bytes, date } from "@/i18n/format";
import { AskStore } from "@/knowledge/ask-store";
import { ChangeStore } from "@/knowledge/change-store";
import { DeleteStore } from "@/knowledge/delete-store";
import { StoreFiles } from "@/knowledge/store-files";
import { nameOf } from "@/knowledge/names";
import { States } from "@/knowledge/store-row";
import { sizesOf, type Store, storeQuery, USUAL, usersQuery } from "@/knowledge/stores";
import { plain } from "@/md";
import { buttonClass, EmptyState, ErrorState, IconButton, Menu, Page, SkeletonList } from "@/ui";

/** One knowledge base: what is in it, and what it answers. */
export function StorePage() {
  const { storeId } = useParams({ from: "/inside/knowledge/$storeId" });
  const store = useQuery(storeQuery(storeId));
  if (store.error instanceof ApiError && store.error.status === 404) return <Missing />; // also where it was there a moment ago
  if (store.data !== undefined) return <Shown key={storeId} store={store.data} />;
  return <Waiting error={store.error} onRetry={() => void store.refetch()} />;
}

function Waiting({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const words = useWords().knowledge;
  return <Page title={words.title}>{error === null ? <SkeletonList rows={5} className="h-14" /> : <ErrorState error={error} onRetry={onRetry} />}</Page>;
}

function Missing() {
  const words = useWords().knowledge;
  const back = (
    <Link to="/knowledge" className={buttonClass()}>
      {words.list.back}
    </Link>
  );
  return (
    <Page title={words.title}>
      <EmptyState icon={<SearchX aria-hidden />} title={words.store.missing} action={back}>
        {words.store.missingText}
      </EmptyState>
    </Page>
  );
}

type Doing = "change" | "delete" | null;

function Shown({ store }: { store: Store }) {
  const words = useWords().knowledge;
  const { view } = useSearch({ from: "/inside/knowledge/$storeId" });
  const navigate = useNavigate();
  const [doing, setDoing] = useState<Doing>(null);
  const close = () => setDoing(null);
  const over = store.status === "expired"; // there is nothing in it any more, and nothing can come in
  return (
    <Page title={nameOf(store, words.unnamed)} description={<Description store={store} />} wide>
      <div className="mb-6 flex items-center justify-between gap-2 border-b border-line">
        {over ? <span /> : <Tabs id={store.id} />}
        <Actions store={store} onDo={setDoing} />
      </div>
      {over && (
        <div role="status" className="mb-6 rounded-xl bg-warning-soft px-4 py-3 text-sm text-warning">
          <p className="font-medium">{words.store.expired}</p>
          <p>{words.store.expiredText}</p>
        </div>
      )}
      {!over && (view === "ask" ? <AskStore store={store} /> : <StoreFiles store={store} />)}
      <Facts store={store} />
      {doing === "change" && <ChangeStore store={store} onClose={close} />}
      {doing === "delete" && <DeleteStore store={store} onClose={close} onDone={() => void navigate({ to: "/knowledge" })} />}
    </Page>
  );
}

function Description({ store }: { store: Store }) {
  const words = useWords().knowledge;
  const { total } = store.file_counts;
  const facts = [total === 0 ? words.list.noFiles : words.files(total), ...(store.usage_bytes > 0 ? [bytes(store.usage_bytes)] : [])];
  return (
    <>
      {store.prosa.description !== null && <span className="block">{plain(store.prosa.description)}</span>}
      <span className="mt-1 flex flex-wrap items-center gap-2 text-sm">
        <Link to="/knowledge" className="inline-flex min-h-6 items-center gap-1 rounded hover:text-ink hover:underline">
          <ArrowLeft size={15} aria-hidden />
          {words.list.back}
        </Link>
        <span aria-hidden>·</span>
        {facts.join(" · ")}
        <States store={store} />
      </span>
    </>
  );
}

function Actions({ store, onDo }: { store: Store; onDo: (doing: Doing) => void }) {
  const words = useWords();
  async function copyId(): Promise<void> {
    const done = await copyText(store.id);
    toast(done ? { text: words.common.copied } : { kind: "error", text: words.common.copyFailed });
  }
  return (
    <Menu
      trigger={
        <IconButton label={words.knowledge.store.more}>
          <EllipsisVertical size={18} aria-hidden />
        </IconButton>
      }
      items={[
        { label: words.knowledge.change.action, icon: <Pencil aria-hidden />, onSelect: () => onDo("change") },
        { label: words.knowledge.store.copyId, icon: <Copy aria-hidden />, onSelect: () => void copyId() },
        "separator",
        { label: words.knowledge.remove.action, icon: <Trash2 aria-hidden />, danger: true, onSelect: () => onDo("delete") },
      ]}
    />
  );
}

/** Each part is an address of its own. */
function Tabs({ id }: { id: string }) {
  const words = useWords().knowledge.store;
  const { view } = useSearch({ from: "/inside/knowledge/$storeId" });
  return (
    <nav aria-label={words.tabs}>
      <ul className="flex gap-1">
        <Tab id={id} search={{}} on={view !== "ask"} icon={<FileText size={16} aria-hidden />}>
          {words.files}
        </Tab>
        <Tab id={id} search={{ view: "ask" }} on={view === "ask"} icon={<MessageCircleQuestion size={16} aria-hidden />}>
          {words.ask}
        </Tab>
      </ul>
    </nav>
  );
}

function Tab({ id, search, on, icon, children }: { id: string; search: { view?: "ask" }; on: boolean; icon: ReactNode; children: ReactNode }) {
  return (
    <li>
      <Link
        to="/knowledge/$storeId"
        params={{ storeId: id }}
        search={search}
        aria-current={on ? "page" : false}
        activeProps={{}}
        className={`-mb-px flex items-center gap-2 border-b-2 px-3 py-2.5 text-sm font-medium hover:text-ink ${on ? "border-accent text-ink" : "border-transparent text-muted"}`}
      >
        {icon}
        {children}
      </Link>
    </li>
  );
}

/** What else is to be known of it, in small. */
function Facts({ store }: { store: Store }) {
  const words = useWords().knowledge;
  const users = useQuery(usersQuery(store.id));
  const sizes = sizesOf(store);
  const facts = [
    words.store.created(ago(store.created_at * 1000)),
    words.store.used(ago(store.last_active_at * 1000)),
    ...(store.expires_at === null ? [words.store.keepsForever] : store.status === "expired" ? [] : [words.store.endsOn(date(store.expires_at * 1000))]),
    store.prosa.embedding_model === null ? words.store.wordsOnly : words.store.model(plain(store.prosa.embedding_model)),
    ...(sizes === USUAL ? [] : [words.store.chunks(sizes.max_chunk_size_tokens, sizes.chunk_overlap_tokens)]),
  ];
  const names = users.data?.data.map(({ name }) => plain(name ?? "").trim() || words.remove.unnamedAssistant) ?? [];
  return (
    <footer aria-label={words.store.facts} className="mt-8 border-t border-line pt-4 text-sm text-muted">
      <p>{facts.join(" · ")}</p>
      {names.length > 0 && (
        <p className="mt-1">
          {words.store.usedBy}: {names.join(", ")}
        </p>
      )}
    </footer>
  );
}
