import { useNavigate } from "@tanstack/react-router";
import { Ellipsis } from "lucide-react";
import { createContext, type KeyboardEvent, memo, type MouseEvent, useCallback, useContext, useEffect, useRef, useState } from "react";
import type { Conversation } from "@/api";
import { useWords } from "@/i18n";
import { ConversationMenu } from "@/library/conversation-menu";
import { nameOf, rename, trash } from "@/library/edits";
import { leaveRow, useIsStop, useRoving, walk } from "@/library/list/roving";
import { useUnread } from "@/library/unread";

/** The conversation that is open on this page. */
export const CurrentContext = createContext<string | undefined>(undefined);

/** One conversation in the sidebar. There may be many of them: what few people touch is made when they do. */
export const Row = memo(function Row({ row, conversation }: { row: string; conversation: Conversation }) {
  const [renaming, setRenaming] = useState(false);
  const [armed, setArmed] = useState<"no" | "yes" | "open">("no");
  const link = useRef<HTMLAnchorElement>(null);
  const stop = useIsStop(useCallback((at) => at === row, [row]));
  const roving = useRoving();
  const current = useContext(CurrentContext) === conversation.id;
  const navigate = useNavigate();
  const name = nameOf(conversation);

  function gone(): void {
    if (current) void navigate({ to: "/chat" });
    else if (link.current !== null) leaveRow(link.current);
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    if (event.key === "F2") setRenaming(true);
    else if (event.key === "Delete") {
      gone();
      void trash(conversation);
    } else {
      walk(event);
      return;
    }
    event.preventDefault();
  }

  function open(event: MouseEvent): void {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return; // the browser's: another tab
    event.preventDefault();
    void navigate({ to: "/chat/$conversationId", params: { conversationId: conversation.id } });
  }

  function renamed(title: string | null): void {
    setRenaming(false);
    if (title !== null) void rename(conversation, title);
    requestAnimationFrame(() => link.current?.focus());
  }

  if (renaming) return <Rename name={name} onDone={renamed} />;
  return (
    <div
      role="listitem"
      onPointerEnter={(event) => event.pointerType === "mouse" && armed === "no" && setArmed("yes")}
      className="group/row relative flex h-9 items-center rounded-lg hover:bg-hover has-aria-[current=page]:bg-selected has-[[aria-expanded=true]]:bg-hover"
    >
      <a
        ref={link}
        href={`/chat/${conversation.id}`}
        data-row={row}
        aria-current={current ? "page" : undefined}
        tabIndex={stop ? 0 : -1}
        onClick={open}
        onFocus={() => roving.moveTo(row)}
        onKeyDown={onKeyDown}
        onDoubleClick={() => setRenaming(true)}
        title={name}
        className="flex h-full min-w-0 flex-1 items-center gap-2 rounded-lg pl-2 text-sm group-focus-within/row:pr-9 group-hover/row:pr-9 max-lg:pr-9 pointer-coarse:pr-9"
      >
        <State conversation={conversation} current={current} name={name} />
      </a>
      <span className="absolute right-0.5 opacity-0 group-focus-within/row:opacity-100 group-hover/row:opacity-100 has-[[aria-expanded=true]]:opacity-100 max-lg:opacity-100 pointer-coarse:opacity-100">
        <RowMenu conversation={conversation} armed={armed} stop={stop} onArm={() => setArmed("open")} onRename={() => setRenaming(true)} onGone={gone} />
      </span>
    </div>
  );
});

interface RowMenuProps {
  conversation: Conversation;
  /** Whether the menu is made already, and whether it is wanted open at once. */
  armed: "no" | "yes" | "open";
  stop: boolean;
  onArm: () => void;
  onRename: () => void;
  onGone: () => void;
}

/** The button of the menu; behind it the menu itself, once a pointer comes near or the button is pressed. */
function RowMenu({ conversation, armed, stop, onArm, onRename, onGone }: RowMenuProps) {
  const label = useWords().library.list.menuOf(nameOf(conversation));
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (armed !== "open") return;
    button.current?.focus();
    button.current?.click();
  }, [armed]);
  const look = { type: "button", "aria-label": label, tabIndex: stop ? 0 : -1, className: "grid size-8 place-items-center rounded-md text-muted hover:text-ink" } as const;
  if (armed === "no") {
    return (
      <button {...look} aria-haspopup="menu" aria-expanded={false} onClick={onArm}>
        <Ellipsis size={16} aria-hidden />
      </button>
    );
  }
  const trigger = (
    <button ref={button} {...look}>
      <Ellipsis size={16} aria-hidden />
    </button>
  );
  return <ConversationMenu conversation={conversation} onRename={onRename} onGone={onGone} align="start" trigger={trigger} />;
}

function State({ conversation, current, name }: { conversation: Conversation; current: boolean; name: string }) {
  const words = useWords().library.list;
  const unread = useUnread(conversation.id) && !current;
  return (
    <>
      <span className={`min-w-0 flex-1 truncate ${unread ? "font-semibold" : ""} ${conversation.title === null ? "text-muted" : ""}`}>{name}</span>
      {conversation.answering && <Dot label={conversation.waiting ? words.waiting : words.answering} className={conversation.waiting ? "border-2 border-warning" : "animate-pulse bg-accent"} />}
      {unread && !conversation.answering && <Dot label={words.unread} className="bg-accent" />}
    </>
  );
}

function Dot({ label, className }: { label: string; className: string }) {
  return (
    <span className="mr-2 shrink-0" title={label}>
      <span aria-hidden className={`block size-2 rounded-full ${className}`} />
      <span className="sr-only">{label}</span>
    </span>
  );
}

/** The title as a field: Enter and leaving it keep what was typed, Escape doesn't. */
function Rename({ name, onDone }: { name: string; onDone: (title: string | null) => void }) {
  const words = useWords().library.list;
  const ended = useRef(false);

  function end(title: string | null): void {
    if (ended.current) return;
    ended.current = true;
    onDone(title);
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>): void {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") end(event.currentTarget.value);
    else if (event.key === "Escape") end(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div role="listitem" className="flex h-9 items-center">
      <input
        // The person asked to type here just now.
        ref={(field) => {
          field?.focus();
        }}
        aria-label={words.renaming(name)}
        defaultValue={name}
        maxLength={200}
        autoComplete="off"
        onFocus={(event) => event.target.select()}
        onKeyDown={onKeyDown}
        onBlur={(event) => end(event.target.value)}
        className="h-8 w-full rounded-lg border border-accent bg-surface px-2 text-sm text-ink"
      />
    </div>
  );
}
