import { CircleAlert, CircleCheck, Wrench } from "lucide-react";
import { Fold } from "@/chat/message/fold";
import { laidOut } from "@/chat/message/laid-out";
import type { ToolPart } from "@/chat/types";
import { useWords } from "@/i18n";
import { number } from "@/i18n/format";
import { Code, plain } from "@/md";
import { Spinner } from "@/ui";

const LONGEST = 20_000;

/** A step that a tool took: one line, and behind it what it was given and what it gave. */
export function ToolStep({ part }: { part: ToolPart }) {
  const words = useWords().message;
  return (
    <Fold icon={<StateIcon state={part.state} />} label={<span className="font-mono text-[0.8125rem]">{plain(part.name)}</span>} hint={words.toolStates[part.state]}>
      <Piece label={words.toolInput} text={laidOut(part.input)} />
      {part.output === null ? <p className="text-sm text-muted">{words.toolNoOutput}</p> : <Piece label={words.toolOutput} text={laidOut(part.output)} />}
    </Fold>
  );
}

function StateIcon({ state }: { state: ToolPart["state"] }) {
  if (state === "running" || state === "writing") return <Spinner />;
  if (state === "failed") return <CircleAlert size={16} aria-hidden className="shrink-0 text-danger" />;
  return state === "done" ? <CircleCheck size={16} aria-hidden className="shrink-0 text-good" /> : <Wrench size={16} aria-hidden className="shrink-0" />;
}

function Piece({ label, text }: { label: string; text: { text: string; info: string } }) {
  const words = useWords().message;
  const cut = text.text.length > LONGEST;
  return (
    <div className="md mb-2">
      <p className="mb-1 text-xs font-medium text-muted">{label}</p>
      <Code text={cut ? text.text.slice(0, LONGEST) : text.text} whole={text.text} info={text.info} />
      {cut && <p className="text-xs text-muted">{words.cut(number(LONGEST))}</p>}
    </div>
  );
}
