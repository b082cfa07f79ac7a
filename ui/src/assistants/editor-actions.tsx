import { Link, useNavigate } from "@tanstack/react-router";
import { Copy, Download, History, MessageSquare, MoreHorizontal, Share2, Trash2 } from "lucide-react";
import { useState } from "react";
import { toast } from "@/app/toast";
import { useCopying } from "@/assistants/brought";
import { type Assistant, exportAssistant } from "@/assistants/data";
import { DeleteDialog } from "@/assistants/delete-dialog";
import { tell } from "@/assistants/tell";
import { useWords } from "@/i18n/assistants";
import { Button, buttonClass, IconButton, Menu, type MenuItem } from "@/ui";

/** What can be done with an assistant that one may edit. */
export function EditorActions({ assistant, name }: { assistant: Assistant; name: string }) {
  const words = useWords();
  const said = words.assistants;
  const navigate = useNavigate();
  const copying = useCopying();
  const [deleting, setDeleting] = useState(false);
  const owns = assistant.right === "own";
  const show = (view: "sharing" | "versions") => void navigate({ to: "/assistants/$assistantId", params: { assistantId: assistant.id }, search: { view }, resetScroll: false });
  const items: MenuItem[] = [
    { label: said.card.versions, icon: <History />, onSelect: () => show("versions") },
    { label: said.card.duplicate, icon: <Copy />, onSelect: () => copying.duplicate(assistant.id) },
    { label: said.card.export, icon: <Download />, onSelect: () => void exportAssistant(assistant.id, name).catch((error: unknown) => toast({ kind: "error", text: tell(error, words) })) },
    ...(owns ? ["separator" as const, { label: said.card.remove, icon: <Trash2 />, danger: true, onSelect: () => setDeleting(true) }] : []),
  ];
  return (
    <>
      <Link to="/chat" search={{ assistant: assistant.id }} className={buttonClass()}>
        <MessageSquare size={16} aria-hidden />
        {said.card.chat}
      </Link>
      {owns && (
        <Button icon={<Share2 size={16} aria-hidden />} onClick={() => show("sharing")}>
          {said.card.share}
        </Button>
      )}
      <Menu
        trigger={
          <IconButton label={said.editor.more}>
            <MoreHorizontal size={18} aria-hidden />
          </IconButton>
        }
        items={items}
      />
      {copying.report}
      {deleting && <DeleteDialog assistant={assistant} onClose={() => setDeleting(false)} onGone={() => void navigate({ to: "/assistants", ignoreBlocker: true })} />}
    </>
  );
}
