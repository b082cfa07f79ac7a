import { CircleAlert, CircleCheck, CircleDashed } from "lucide-react";
import type { StepState } from "@/chat/types";
import { useWords } from "@/i18n/chat-tools";
import { number } from "@/i18n/format";
import { Code } from "@/md";
import { Spinner } from "@/ui";

const LONGEST = 20_000;

export function StateIcon({ state }: { state: StepState }) {
  if (state === "running" || state === "writing") return <Spinner />;
  if (state === "failed") return <CircleAlert size={16} aria-hidden className="shrink-0 text-danger" />;
  return state === "done" ? <CircleCheck size={16} aria-hidden className="shrink-0 text-good" /> : <CircleDashed size={16} aria-hidden className="shrink-0" />;
}

/** A labelled block of text that somebody else wrote: as it is, never as anything but text. */
export function Piece({ label, text, info = "", open = false }: { label: string; text: string; info?: string; open?: boolean }) {
  const words = useWords().tools;
  const cut = text.length > LONGEST;
  return (
    <div className="md mb-3">
      <Code title={label} text={cut ? text.slice(0, LONGEST) : text} whole={text} info={info} open={open} />
      {cut && <p className="text-xs text-muted">{words.cut(number(LONGEST))}</p>}
    </div>
  );
}

export function Note({ children }: { children: string }) {
  return <p className="mb-3 text-sm text-muted">{children}</p>;
}
