import { Check, CircleHelp, ShieldAlert, ShieldCheck, ShieldX, X } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useContext, useId, useState } from "react";
import { type Deciding, DecidingContext } from "@/chat/message/deciding";
import { Fold } from "@/chat/message/fold";
import { laidOutExactly } from "@/chat/message/laid-out";
import { named } from "@/chat/message/steps/mcp";
import { Note, Piece } from "@/chat/message/steps/piece";
import type { ApprovalPart } from "@/chat/types";
import { useWords } from "@/i18n/chat-tools";
import { Code } from "@/md";
import { Button } from "@/ui";

/** A card that comes under a pointer that was to press something else is pressed by nobody. */
const UNARMED_MS = 500;

/** A tool of another server that is only used when the person says so: asked, or what was said. */
export function Approval({ part }: { part: ApprovalPart }) {
  const words = useWords().tools;
  const [server, name] = [named(part.server), named(part.name)];
  const deciding = useContext(DecidingContext);
  if (part.open) return null;
  if (part.decision === "asking") return <Asking part={part} server={server} name={name} deciding={deciding} />;
  const text = laidOutExactly(part.input);
  const faces: Record<typeof part.decision, [ReactNode, string]> = {
    approved: [<ShieldCheck key="icon" size={16} aria-hidden className="shrink-0 text-good" />, words.approval.approved(name, server)],
    declined: [<ShieldX key="icon" size={16} aria-hidden className="shrink-0 text-danger" />, words.approval.declined(name, server)],
    passed: [<CircleHelp key="icon" size={16} aria-hidden className="shrink-0" />, words.approval.passed(name, server)],
  };
  const [icon, label] = faces[part.decision];
  return (
    <Fold icon={icon} label={label}>
      <Piece label={words.approval.with} text={text.text} info={text.info} />
    </Fold>
  );
}

function Asking({ part, server, name, deciding }: { part: ApprovalPart; server: string; name: string; deciding: Deciding | null }) {
  const words = useWords().tools.approval;
  const title = useId();
  const text = laidOutExactly(part.input);
  const chosen = deciding?.chosen.get(part.id);
  return (
    <section aria-labelledby={title} data-approval className="my-3 overflow-hidden rounded-xl border border-edge/60 bg-surface">
      <div className="flex gap-3 px-4 pt-3.5">
        <ShieldAlert size={20} aria-hidden className="mt-0.5 shrink-0 text-warning" />
        <div className="min-w-0 flex-1">
          <h3 id={title} className="font-medium">
            {words.title}
          </h3>
          <p className="text-sm">{words.wants(name, server)}</p>
        </div>
      </div>
      <div className="px-4 pt-3">
        {["", "{}", "null"].includes(part.input.trim()) ? (
          <Note>{words.nothing}</Note>
        ) : (
          <div className="md max-h-80 overflow-y-auto rounded-xl" tabIndex={0} role="region" aria-label={words.with}>
            <Code title={words.with} text={text.text} info={text.info} wrap />
          </div>
        )}
        <p className="mt-2 text-sm text-muted">{words.warning}</p>
      </div>
      <footer className="flex flex-wrap items-center gap-2 px-4 pt-3 pb-4">
        {deciding === null ? <p className="text-sm text-muted">{words.unavailable}</p> : chosen === undefined ? <Choice name={name} choose={(approve) => deciding.choose(part.id, approve)} busy={deciding.busy} /> : <Chosen approve={chosen} deciding={deciding} id={part.id} />}
      </footer>
    </section>
  );
}

/** Held keys press nothing here: whoever sends a message with Enter allows nothing with it. */
function notHeld(event: KeyboardEvent): void {
  if (event.key === "Enter" && event.repeat) event.preventDefault();
}

function Choice({ name, choose, busy }: { name: string; choose: (approve: boolean) => void; busy: boolean }) {
  const words = useWords().tools.approval;
  const [shown] = useState(() => performance.now());
  const press = (approve: boolean) => (): void => {
    if (performance.now() - shown > UNARMED_MS) choose(approve);
  };
  return (
    <>
      <Button kind="primary" busy={busy} icon={<Check size={16} aria-hidden />} aria-label={words.allowOf(name)} onKeyDown={notHeld} onClick={press(true)}>
        {words.allow}
      </Button>
      <Button disabled={busy} aria-label={words.declineOf(name)} onKeyDown={notHeld} onClick={press(false)}>
        {words.decline}
      </Button>
    </>
  );
}

/** Decided, while others still ask. */
function Chosen({ approve, deciding, id }: { approve: boolean; deciding: Deciding; id: string }) {
  const words = useWords().tools.approval;
  return (
    <p role="status" className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
      {approve ? <Check size={16} aria-hidden className="-mr-1.5 text-good" /> : <X size={16} aria-hidden className="-mr-1.5 text-danger" />}
      <span className={approve ? "font-medium text-good" : "font-medium text-danger"}>{approve ? words.allow : words.decline}</span>
      {deciding.left > 0 && <span className="text-muted">{words.others(deciding.left)}</span>}
      {!deciding.busy && (
        <button type="button" onClick={() => deciding.choose(id, null)} className="min-h-8 font-medium text-accent hover:underline">
          {words.change}
        </button>
      )}
    </p>
  );
}
