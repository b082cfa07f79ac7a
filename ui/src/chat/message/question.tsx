import { Pencil, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { explain } from "@/api/errors";
import { Attachments } from "@/chat/message/attachments";
import { Bar, More } from "@/chat/message/bar";
import { Edit } from "@/chat/message/edit";
import { Versions } from "@/chat/message/versions";
import type { TurnActions, UserTurn } from "@/chat/types";
import { useWords } from "@/i18n";
import { time } from "@/i18n/format";
import { CopyButton, Shown } from "@/md";
import { Button, IconButton, type MenuItem } from "@/ui";

interface QuestionProps {
  turn: UserTurn;
  actions: TurnActions;
  last: boolean;
  editing?: boolean;
  onEditing?: (editing: boolean) => void;
}

/** What the person said, as they wrote it. */
export function Question({ turn, actions, last, editing, onEditing }: QuestionProps) {
  const words = useWords().message;
  const [own, setOwn] = useState(false);
  const place = useRef<HTMLElement>(null);
  const open = (editing ?? own) && actions.edit !== undefined;

  function edit(now: boolean): void {
    setOwn(now);
    onEditing?.(now);
    // Focus goes back to where it came from, once the button is there again; unless the person has gone elsewhere meanwhile.
    if (!now) requestAnimationFrame(() => document.activeElement === document.body && place.current?.querySelector<HTMLElement>("[data-edit]")?.focus());
  }

  return (
    <article ref={place} id={`turn-${turn.id}`} className={`turn group/turn ${turn.sending || open ? "" : "turn-settled"}`}>
      <h2 className="sr-only">{words.yours}</h2>
      <div className="flex flex-col items-end gap-2">
        <Attachments files={turn.attachments} />
        {open ? <Edit turn={turn} actions={actions} onClose={() => edit(false)} /> : turn.text !== "" && <Bubble turn={turn} />}
        {turn.error !== undefined && <NotSent turn={turn} resend={actions.resend} />}
      </div>
      {!open && <QuestionBar turn={turn} actions={actions} last={last} onEdit={() => edit(true)} />}
    </article>
  );
}

const LONG = { characters: 1_500, lines: 18 };

function isLong(text: string): boolean {
  return text.length > LONG.characters || text.split("\n", LONG.lines + 1).length > LONG.lines;
}

function Bubble({ turn }: { turn: UserTurn }) {
  const words = useWords().message;
  const [whole, setWhole] = useState(false);
  const long = isLong(turn.text);
  return (
    <div className={`max-w-[min(85%,38rem)] rounded-2xl bg-bubble px-4 py-2.5 ${turn.sending ? "opacity-70" : ""}`}>
      <div dir="auto" className={`whitespace-pre-wrap ${long && !whole ? "turn-folded" : ""}`}>
        <Shown text={turn.text} />
      </div>
      {long && (
        <button type="button" aria-expanded={whole} onClick={() => setWhole(!whole)} className="mt-1 min-h-6 text-sm font-medium text-accent hover:underline">
          {whole ? words.showLess : words.showAll}
        </button>
      )}
    </div>
  );
}

function NotSent({ turn, resend }: { turn: UserTurn; resend: TurnActions["resend"] }) {
  const words = useWords();
  return (
    <div role="alert" className="flex max-w-[min(85%,38rem)] flex-wrap items-center justify-end gap-x-3 gap-y-1 text-sm text-danger">
      <span>
        {words.message.notSent}: {explain(turn.error, words)}
      </span>
      {resend !== undefined && <Button onClick={() => resend(turn)}>{words.message.sendAgain}</Button>}
    </div>
  );
}

function QuestionBar({ turn, actions, last, onEdit }: { turn: UserTurn; actions: TurnActions; last: boolean; onEdit: () => void }) {
  const words = useWords().message;
  const { edit, remove } = actions;
  const more: MenuItem[] = remove === undefined ? [] : [{ label: words.remove, icon: <Trash2 aria-hidden />, danger: true, onSelect: () => remove(turn) }];
  if (turn.sending || turn.error !== undefined) return <div className="h-9" />;
  return (
    <Bar last={last} end>
      <span className="mr-1 text-xs text-muted">{time(turn.createdAt)}</span>
      {turn.text !== "" && <CopyButton label={words.copyMessage} text={() => turn.text} className="turn-tool" />}
      {edit !== undefined && (
        <IconButton data-edit size="small" label={words.edit} onClick={onEdit}>
          <Pencil size={16} aria-hidden />
        </IconButton>
      )}
      <More items={more} />
      <Versions turn={turn} choose={actions.choose} />
    </Bar>
  );
}
