import { Fold } from "@/chat/message/fold";
import { laidOut } from "@/chat/message/laid-out";
import { Note, Piece, StateIcon } from "@/chat/message/steps/piece";
import type { ToolPart } from "@/chat/types";
import { useWords } from "@/i18n/chat-tools";
import { plain } from "@/md";

/** A step that a tool took: one line, and behind it what it was given and what it gave. */
export function ToolStep({ part }: { part: ToolPart }) {
  const words = useWords().tools;
  const input = laidOut(part.input);
  const output = part.output === null ? null : laidOut(part.output);
  return (
    <Fold icon={<StateIcon state={part.state} />} label={<span className="font-mono text-[0.8125rem]">{plain(part.name)}</span>} hint={words.states[part.state]}>
      <Piece label={words.input} text={input.text} info={input.info} />
      {output === null ? <Note>{words.noOutput}</Note> : <Piece label={words.output} text={output.text} info={output.info} />}
    </Fold>
  );
}
