import { useEffect, useRef, useState } from "react";
import type { Conversation } from "@/api";
import { useWords } from "@/i18n";
import { edit } from "@/library/edits";

const LONGEST = 200;

interface ChatTitleProps {
  conversation: Conversation;
  renaming: boolean;
  onRenaming: (renaming: boolean) => void;
}

/** The title, which is changed where it stands. */
export function ChatTitle({ conversation, renaming, onRenaming }: ChatTitleProps) {
  const words = useWords().chat;
  const title = conversation.title ?? words.untitled;
  if (renaming) return <Rename conversation={conversation} onDone={() => onRenaming(false)} />;
  return (
    <h1 className="min-w-0">
      <button type="button" onClick={() => onRenaming(true)} title={words.header.rename} className="relative block min-h-7 max-w-full sm:min-h-8 truncate rounded-lg px-2 text-left text-[0.9375rem] font-medium hover:bg-hover">
        {title}
        <span className="sr-only"> ({words.header.rename})</span>
      </button>
    </h1>
  );
}

function Rename({ conversation, onDone }: { conversation: Conversation; onDone: () => void }) {
  const words = useWords().chat;
  const [title, setTitle] = useState(conversation.title ?? "");
  const field = useRef<HTMLInputElement>(null);
  const left = useRef(false);

  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);

  function leave(keep: boolean): void {
    if (left.current) return;
    left.current = true;
    const written = title.trim().replace(/\s+/g, " ");
    if (keep && written !== (conversation.title ?? "")) void edit(conversation, { title: written === "" ? null : written });
    onDone();
  }

  return (
    <form
      className="min-w-0 flex-1"
      onSubmit={(event) => {
        event.preventDefault();
        leave(true);
      }}
    >
      <input
        ref={field}
        value={title}
        maxLength={LONGEST}
        aria-label={words.header.titleLabel}
        onChange={(event) => setTitle(event.target.value)}
        onBlur={() => leave(true)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.preventDefault();
          leave(false);
        }}
        className="h-9 w-full max-w-md rounded-lg border border-edge bg-surface px-2 text-[0.9375rem] font-medium outline-none"
      />
    </form>
  );
}
