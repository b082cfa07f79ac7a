import { useQuery } from "@tanstack/react-query";
import { ChevronRight, Ellipsis, Folder as FolderIcon, FolderOpen, FolderPlus, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { explain } from "@/api";
import { remember, remembered } from "@/app/browser";
import { useWords } from "@/i18n";
import { FolderDialog } from "@/library/dialogs/folder-dialog";
import { removeFolder } from "@/library/folders";
import { Heading } from "@/library/list/heading";
import { More } from "@/library/list/more";
import { Rows } from "@/library/list/chunk";
import { type Folder, foldersQuery, useListing } from "@/library/queries";
import { Confirm, IconButton, Menu, SkeletonList } from "@/ui";

const KEY = "prosa.folders";

function opened(): Set<string> {
  return new Set((remembered(KEY) ?? "").split(" ").filter(Boolean));
}

/** The folders, each with what is in it once it is opened. Nothing where there is none. */
export function Folders() {
  const words = useWords().library.folders;
  const { data } = useQuery(foldersQuery);
  const [making, setMaking] = useState(false);
  if (data === undefined || data.length === 0) return null;
  return (
    <section className="mt-4">
      <Heading
        action={
          <IconButton label={words.create} size="small" onClick={() => setMaking(true)}>
            <FolderPlus size={16} aria-hidden />
          </IconButton>
        }
      >
        {words.label}
      </Heading>
      <ul aria-label={words.label}>
        {data.map((each) => (
          <FolderGroup key={each.id} folder={each} />
        ))}
      </ul>
      {making && <FolderDialog onClose={() => setMaking(false)} />}
    </section>
  );
}

function FolderGroup({ folder }: { folder: Folder }) {
  const words = useWords().library.folders;
  const [open, setOpen] = useState(() => opened().has(folder.id));

  function toggle(): void {
    const all = opened();
    if (open) all.delete(folder.id);
    else all.add(folder.id);
    remember(KEY, all.size === 0 ? null : [...all].join(" "));
    setOpen(!open);
  }

  return (
    <li>
      <div className="group/row relative flex h-9 items-center rounded-lg hover:bg-hover">
        <button type="button" aria-expanded={open} onClick={toggle} className="flex h-full min-w-0 flex-1 items-center gap-2 rounded-lg pr-9 pl-2 text-left text-sm" title={folder.name}>
          <span className="text-muted">{open ? <FolderOpen size={16} aria-hidden /> : <FolderIcon size={16} aria-hidden />}</span>
          <span className="min-w-0 truncate">{folder.name}</span>
          <ChevronRight size={14} aria-hidden className={`shrink-0 text-muted transition-transform ${open ? "rotate-90" : ""}`} />
        </button>
        <FolderMenu folder={folder} label={words.menuOf(folder.name)} />
      </div>
      {open && <Contents folder={folder} />}
    </li>
  );
}

function FolderMenu({ folder, label }: { folder: Folder; label: string }) {
  const words = useWords();
  const said = words.library.folders;
  const [window, setWindow] = useState<"rename" | "remove" | null>(null);
  return (
    <span className="absolute right-0.5 opacity-0 group-focus-within/row:opacity-100 group-hover/row:opacity-100 has-[[aria-expanded=true]]:opacity-100 max-lg:opacity-100 pointer-coarse:opacity-100">
      <Menu
        align="start"
        trigger={
          <button type="button" aria-label={label} className="grid size-8 place-items-center rounded-md text-muted hover:text-ink">
            <Ellipsis size={16} aria-hidden />
          </button>
        }
        items={[
          { label: said.rename, icon: <Pencil />, onSelect: () => setWindow("rename") },
          { label: said.remove, icon: <Trash2 />, danger: true, onSelect: () => setWindow("remove") },
        ]}
      />
      {window === "rename" && <FolderDialog folder={folder} onClose={() => setWindow(null)} />}
      <Confirm
        open={window === "remove"}
        onClose={() => setWindow(null)}
        title={said.removeTitle(folder.name)}
        text={said.removeText}
        action={said.remove}
        onConfirm={() => removeFolder(folder)}
        explain={(error) => explain(error, words)}
      />
    </span>
  );
}

function Contents({ folder }: { folder: Folder }) {
  const words = useWords().library;
  const listing = useListing({ folder: folder.id });
  return (
    <div className="mb-1 ml-4 border-l border-line pl-1.5">
      {listing.isPending && <SkeletonList rows={2} className="h-7" />}
      {listing.data?.items.length === 0 && <p className="px-2 py-1.5 text-sm text-muted">{words.folders.empty}</p>}
      {listing.data !== undefined && <Rows section={folder.id} label={folder.name} items={listing.data.items} />}
      <More listing={listing} byHand />
    </div>
  );
}
