import { Link, useNavigate } from "@tanstack/react-router";
import { Code2, Copy, Download, FileSearch, MessageSquare, MoreHorizontal, Pencil, Plug, Share2, SquareFunction, SquareTerminal, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { toast } from "@/app/toast";
import { type AssistantLine, exportAssistant } from "@/assistants/data";
import { AssistantPicture } from "@/assistants/picture";
import { tell } from "@/assistants/tell";
import { useWords } from "@/i18n/assistants";
import { plain } from "@/md/visible";
import { Badge, buttonClass, IconButton, Menu, type MenuItem } from "@/ui";

interface CardProps {
  assistant: AssistantLine;
  onDuplicate: () => void;
  onDelete: () => void;
}

/** An assistant in the list. */
export function AssistantCard({ assistant, onDuplicate, onDelete }: CardProps) {
  const words = useWords().assistants;
  const name = plain(assistant.name ?? "") || words.unnamed;
  return (
    <li className="flex min-w-0 flex-col gap-3 rounded-xl border border-line bg-surface p-4">
      <div className="flex min-w-0 items-start gap-3">
        <AssistantPicture name={name} src={assistant.picture} />
        <div className="min-w-0 flex-1">
          <h3 className="min-w-0 leading-6 font-medium">
            <Link to="/assistants/$assistantId" params={{ assistantId: assistant.id }} className="line-clamp-2 rounded-md hover:underline hover:underline-offset-4">
              {name}
            </Link>
          </h3>
          <Whose assistant={assistant} />
        </div>
        <Options assistant={assistant} name={name} onDuplicate={onDuplicate} onDelete={onDelete} />
      </div>
      {assistant.description !== null && <p className="line-clamp-2 text-sm text-muted">{plain(assistant.description)}</p>}
      <div className="mt-auto flex flex-wrap items-center justify-between gap-x-3 gap-y-2">
        <Facts assistant={assistant} />
        <Link to="/chat" search={{ assistant: assistant.id }} aria-label={words.card.chatWith(name)} className={buttonClass()}>
          <MessageSquare size={16} aria-hidden />
          {words.card.chat}
        </Link>
      </div>
    </li>
  );
}

/** Whose it is; of one's own, who else may use it. */
function Whose({ assistant }: { assistant: AssistantLine }) {
  const words = useWords().assistants.card;
  if (assistant.right === "own") {
    if (assistant.audience === "private") return <p className="text-sm text-muted">{words.audiences.private}</p>;
    return (
      <p className="mt-0.5">
        <Badge tone="accent">{words.audiences[assistant.audience]}</Badge>
      </p>
    );
  }
  return assistant.owner === null ? null : <p className="truncate text-sm text-muted">{words.by(plain(assistant.owner))}</p>;
}

const TOOLS: Readonly<Record<string, ReactNode>> = {
  file_search: <FileSearch size={15} aria-hidden />,
  code_interpreter: <SquareTerminal size={15} aria-hidden />,
  function: <SquareFunction size={15} aria-hidden />,
  mcp: <Plug size={15} aria-hidden />,
};

function Facts({ assistant }: { assistant: AssistantLine }) {
  const words = useWords().assistants.card;
  const named = words.tools as Record<string, string | undefined>;
  return (
    <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted">
      <span className="max-w-full truncate">{plain(assistant.model)}</span>
      {assistant.starters.length > 0 && <span className="whitespace-nowrap">{words.starters(assistant.starters.length)}</span>}
      {assistant.tool_types.length > 0 && (
        <span className="flex gap-1.5">
          {assistant.tool_types.map((type) => (
            <span key={type} title={named[type] ?? type}>
              {TOOLS[type] ?? <Code2 size={15} aria-hidden />}
              <span className="sr-only">{named[type] ?? type}</span>
            </span>
          ))}
        </span>
      )}
    </div>
  );
}

function Options({ assistant, name, onDuplicate, onDelete }: CardProps & { name: string }) {
  const words = useWords();
  const said = words.assistants.card;
  const navigate = useNavigate();
  const open = () => void navigate({ to: "/assistants/$assistantId", params: { assistantId: assistant.id } });
  const show = (view: "sharing" | "versions") => void navigate({ to: "/assistants/$assistantId", params: { assistantId: assistant.id }, search: { view } });
  const edits = assistant.right !== "use";
  const owns = assistant.right === "own";
  const items: MenuItem[] = [
    { label: edits ? said.edit : said.open, icon: <Pencil />, onSelect: open },
    ...(owns ? [{ label: said.share, icon: <Share2 />, onSelect: () => show("sharing") }] : []),
    { label: said.duplicate, icon: <Copy />, onSelect: onDuplicate },
    ...(edits ? [{ label: said.export, icon: <Download />, onSelect: () => void exportAssistant(assistant.id, name).catch((error: unknown) => toast({ kind: "error", text: tell(error, words) })) }] : []),
    ...(owns ? ["separator" as const, { label: said.remove, icon: <Trash2 />, danger: true, onSelect: onDelete }] : []),
  ];
  return (
    <Menu
      trigger={
        <IconButton label={said.menuOf(name)} size="small" className="-mt-1 -mr-1.5">
          <MoreHorizontal size={18} aria-hidden />
        </IconButton>
      }
      items={items}
    />
  );
}
