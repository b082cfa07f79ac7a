import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Archive, Download, Ellipsis, FolderPlus, Link2, ListFilter, Tag, Trash2, Upload, X } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useWords } from "@/i18n";
import { FolderDialog } from "@/library/dialogs/folder-dialog";
import { tagsQuery } from "@/library/queries";
import { IconButton, Menu, type MenuItem } from "@/ui";

const ExportDialog = lazy(() => import("@/library/dialogs/export-dialog").then((module) => ({ default: module.ExportDialog })));
const MOST_TAGS = 30;

interface ListOptionsProps {
  tag: string | null;
  onTag: (tag: string | null) => void;
}

/** The head of the list: which tag, and what else can be done with all of it. */
export function ListOptions({ tag, onTag }: ListOptionsProps) {
  const words = useWords();
  const said = words.library;
  const navigate = useNavigate();
  const [window, setWindow] = useState<"folder" | "export" | null>(null);
  const items: MenuItem[] = [
    { label: said.folders.create, icon: <FolderPlus />, onSelect: () => setWindow("folder") },
    "separator",
    { label: words.shell.archive, icon: <Archive />, onSelect: () => void navigate({ to: "/archive" }) },
    { label: words.shell.shares, icon: <Link2 />, onSelect: () => void navigate({ to: "/shares" }) },
    { label: words.shell.trash, icon: <Trash2 />, onSelect: () => void navigate({ to: "/trash" }) },
    "separator",
    { label: said.palette.import, icon: <Upload />, onSelect: () => void navigate({ to: "/import" }) },
    { label: said.palette.exportAll, icon: <Download />, onSelect: () => setWindow("export") },
  ];
  return (
    <div className="sticky top-0 z-10 bg-sunken pb-1">
      <div className="flex items-center gap-0.5 pl-2">
        <h2 className="mr-auto text-sm font-semibold">{said.list.label}</h2>
        <TagFilter tag={tag} onTag={onTag} />
        <Menu
          trigger={
            <IconButton label={said.list.options} size="small">
              <Ellipsis size={16} aria-hidden />
            </IconButton>
          }
          items={items}
        />
      </div>
      {tag !== null && (
        <p className="mt-1 flex items-center rounded-lg bg-accent-soft pl-3 text-sm">
          <span className="min-w-0 flex-1 truncate">{said.list.filtered(tag)}</span>
          <IconButton label={said.list.clearFilter} size="small" onClick={() => onTag(null)}>
            <X size={16} aria-hidden />
          </IconButton>
        </p>
      )}
      {window === "folder" && <FolderDialog onClose={() => setWindow(null)} />}
      <Suspense fallback={null}>{window === "export" && <ExportDialog conversations={null} onClose={() => setWindow(null)} />}</Suspense>
    </div>
  );
}

/** Only where there are tags. */
function TagFilter({ tag, onTag }: ListOptionsProps) {
  const words = useWords().library.list;
  const { data } = useQuery(tagsQuery);
  if ((data === undefined || data.length === 0) && tag === null) return null;
  const most = (data ?? []).toSorted((one, other) => other.conversations - one.conversations).slice(0, MOST_TAGS);
  const items: MenuItem[] = [
    { label: words.noFilter, onSelect: () => onTag(null) },
    "separator",
    ...most.map((each): MenuItem => ({ label: each.name, icon: <Tag />, hint: each.conversations, onSelect: () => onTag(each.name) })),
  ];
  return (
    <Menu
      trigger={
        <IconButton label={words.filterTag} size="small">
          <ListFilter size={16} aria-hidden />
        </IconButton>
      }
      items={items}
    />
  );
}
