import { Archive, ArchiveRestore, Download, Ellipsis, FolderInput, Pencil, Pin, PinOff, Share2, Tags, Trash2 } from "lucide-react";
import { lazy, type ReactElement, Suspense, useState } from "react";
import type { Conversation } from "@/api";
import { useWords } from "@/i18n";
import { archive, nameOf, pin, trash } from "@/library/edits";
import { IconButton, Menu, type MenuItem } from "@/ui";

// Most openings of the app never open one of these.
const RenameDialog = lazy(() => import("@/library/dialogs/rename-dialog").then((module) => ({ default: module.RenameDialog })));
const MoveDialog = lazy(() => import("@/library/dialogs/move-dialog").then((module) => ({ default: module.MoveDialog })));
const TagsDialog = lazy(() => import("@/library/dialogs/tags-dialog").then((module) => ({ default: module.TagsDialog })));
const ShareDialog = lazy(() => import("@/library/dialogs/share-dialog").then((module) => ({ default: module.ShareDialog })));
const ExportDialog = lazy(() => import("@/library/dialogs/export-dialog").then((module) => ({ default: module.ExportDialog })));

type Window = "rename" | "move" | "tags" | "share" | "export";

interface ConversationMenuProps {
  conversation: Conversation;
  /** The button that opens it; three dots, if none is given. */
  trigger?: ReactElement<Record<string, unknown>>;
  /** It went into the trash or the archive. */
  onGone?: () => void;
  /** Where it is renamed in place; a dialog does it elsewhere. */
  onRename?: () => void;
  align?: "start" | "end";
}

/** All that can be done with a conversation. */
export function ConversationMenu({ conversation, trigger, onGone, onRename, align = "end" }: ConversationMenuProps) {
  const words = useWords().library;
  const [open, setOpen] = useState<Window | null>(null);
  const button = trigger ?? (
    <IconButton label={words.list.menuOf(nameOf(conversation))}>
      <Ellipsis size={18} aria-hidden />
    </IconButton>
  );
  const items = itemsOf(conversation, words.actions, (window) => (window === "rename" && onRename !== undefined ? onRename() : setOpen(window)), onGone);
  return (
    <>
      <Menu trigger={button} items={items} align={align} />
      {open !== null && <Windows open={open} conversation={conversation} onClose={() => setOpen(null)} />}
    </>
  );
}

function itemsOf(conversation: Conversation, words: ReturnType<typeof useWords>["library"]["actions"], show: (window: Window) => void, onGone?: () => void): MenuItem[] {
  const pinned = conversation.pinned_at !== null;
  const archived = conversation.archived_at !== null;

  async function leave(how: (conversation: Conversation) => Promise<boolean>, gone: boolean): Promise<void> {
    if (gone) onGone?.();
    await how(conversation);
  }

  return [
    { label: pinned ? words.unpin : words.pin, icon: pinned ? <PinOff /> : <Pin />, onSelect: () => void pin(conversation) },
    { label: words.rename, icon: <Pencil />, onSelect: () => show("rename") },
    { label: words.move, icon: <FolderInput />, onSelect: () => show("move") },
    { label: words.tags, icon: <Tags />, onSelect: () => show("tags") },
    "separator",
    { label: words.share, icon: <Share2 />, onSelect: () => show("share") },
    { label: words.export, icon: <Download />, onSelect: () => show("export") },
    "separator",
    { label: archived ? words.unarchive : words.archive, icon: archived ? <ArchiveRestore /> : <Archive />, onSelect: () => void leave(archive, !archived) },
    { label: words.delete, icon: <Trash2 />, danger: true, onSelect: () => void leave(trash, true) },
  ];
}

function Windows({ open, conversation, onClose }: { open: Window; conversation: Conversation; onClose: () => void }) {
  return (
    <Suspense fallback={null}>
      {open === "rename" && <RenameDialog conversation={conversation} onClose={onClose} />}
      {open === "move" && <MoveDialog conversations={[conversation]} onClose={onClose} />}
      {open === "tags" && <TagsDialog conversation={conversation} onClose={onClose} />}
      {open === "share" && <ShareDialog conversation={conversation} onClose={onClose} />}
      {open === "export" && <ExportDialog conversations={[conversation]} onClose={onClose} />}
    </Suspense>
  );
}
