import { Link } from "@tanstack/react-router";
import { EllipsisVertical, Library, MessageCircleQuestion, Trash2 } from "lucide-react";
import { useNavigate } from "@tanstack/react-router";
import { useWords } from "@/i18n/knowledge";
import { ago, bytes } from "@/i18n/format";
import { nameOf } from "@/knowledge/names";
import type { Store } from "@/knowledge/stores";
import { plain } from "@/md";
import { Badge, IconButton, Menu } from "@/ui";

/** A base in the list: what is in it, how it stands, when it was used. */
export function StoreRow({ store, onDelete }: { store: Store; onDelete: () => void }) {
  const words = useWords().knowledge;
  const navigate = useNavigate();
  const name = nameOf(store, words.unnamed);
  const { total } = store.file_counts;
  const facts = [total === 0 ? words.list.noFiles : words.files(total), ...(store.usage_bytes > 0 ? [bytes(store.usage_bytes)] : []), words.list.used(ago(store.last_active_at * 1000))];
  const params = { storeId: store.id };
  return (
    <li className="relative flex items-center gap-3 px-4 py-3 hover:bg-hover/50">
      <span className="grid size-9 shrink-0 place-items-center rounded-lg bg-accent-soft text-accent max-sm:hidden">
        <Library size={18} aria-hidden />
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          {/* The whole row leads there. */}
          <Link to="/knowledge/$storeId" params={params} className="min-w-0 truncate rounded font-medium after:absolute after:inset-0 hover:underline">
            {name}
          </Link>
          <States store={store} />
        </p>
        {store.prosa.description !== null && <p className="truncate text-sm text-muted">{plain(store.prosa.description)}</p>}
        <p className="text-sm text-muted">{facts.join(" · ")}</p>
      </div>
      <Menu
        trigger={
          <IconButton label={words.list.actions(name)} size="small" className="relative z-[1]">
            <EllipsisVertical size={17} aria-hidden />
          </IconButton>
        }
        items={[
          { label: words.ask.title, icon: <MessageCircleQuestion aria-hidden />, onSelect: () => void navigate({ to: "/knowledge/$storeId", params, search: { view: "ask" } }) },
          "separator",
          { label: words.remove.action, icon: <Trash2 aria-hidden />, danger: true, onSelect: onDelete },
        ]}
      />
    </li>
  );
}

/** What is under way, or went wrong. */
export function States({ store }: { store: Store }) {
  const words = useWords().knowledge.list;
  const { in_progress, failed } = store.file_counts;
  return (
    <>
      {store.status === "expired" && <Badge tone="warning">{words.expired}</Badge>}
      {in_progress > 0 && <Badge tone="accent">{words.reading(in_progress)}</Badge>}
      {failed > 0 && <Badge tone="danger">{words.failed(failed)}</Badge>}
    </>
  );
}
