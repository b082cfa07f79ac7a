import { ImageOff } from "lucide-react";
import { useState } from "react";
import { Fold } from "@/chat/message/fold";
import { Note, Piece, StateIcon } from "@/chat/message/steps/piece";
import { contentOf } from "@/chat/message/steps/content";
import type { CodePart } from "@/chat/types";
import { useWords } from "@/i18n/chat-tools";
import { number } from "@/i18n/format";

/** Python that the model wrote: folded when it has run; what it drew is seen without that. */
export function CodeStep({ part }: { part: CodePart }) {
  const words = useWords().tools;
  const busy = part.state === "writing" || part.state === "running";
  const label = part.state === "writing" ? words.code.writing : part.state === "running" ? words.code.running : words.code.label;
  const logs = (part.outputs ?? []).flatMap((output) => (output.kind === "logs" ? [output.text] : [])).join("\n");
  const pictures = (part.outputs ?? []).flatMap((output) => (output.kind === "image" && output.fileId !== "" ? [output.fileId] : []));
  const raised = isError(logs);
  const state = raised && part.state === "done" ? "failed" : part.state;
  return (
    <>
      <Fold icon={<StateIcon state={state} />} label={label} {...(state === "failed" && { hint: words.states.failed })}>
        {part.code !== "" && <Piece label={words.code.label} text={part.code} info="python" open={busy} />}
        {logs !== "" && <Piece label={raised ? words.code.error : words.code.output} text={logs} />}
        {!busy && logs === "" && pictures.length === 0 && <Note>{part.outputs === null ? words.code.notTold : words.code.noOutput}</Note>}
      </Fold>
      {pictures.map((id, index) => (
        <Picture key={id} fileId={id} name={words.code.picture(number(index + 1))} />
      ))}
    </>
  );
}

/** Whether Python ended with an exception: it names it last, below where it came from. */
function isError(logs: string): boolean {
  const last = logs.trimEnd().split("\n").at(-1) ?? "";
  return logs.includes("Traceback (most recent call last)") && /^[\w.]*(?:Error|Exception|Exit|Interrupt|Warning|Iteration)\b/.test(last);
}

/** What code drew: a file of this server. */
export function Picture({ fileId, name }: { fileId: string; name: string }) {
  const words = useWords().tools.code;
  const [gone, setGone] = useState(false);
  const address = contentOf(fileId);
  if (gone) {
    return (
      <p className="my-2 flex items-center gap-2 text-sm text-muted">
        <ImageOff size={16} aria-hidden className="shrink-0" />
        {words.gone}
      </p>
    );
  }
  return (
    <a href={address} target="_blank" rel="noopener noreferrer" title={words.openPicture} className="my-2 block w-fit max-w-full">
      <img src={address} alt={name} loading="lazy" onError={() => setGone(true)} className="max-h-96 max-w-full rounded-xl border border-line bg-white object-contain" />
    </a>
  );
}
