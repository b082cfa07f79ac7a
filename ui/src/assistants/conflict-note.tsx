import { GitMerge } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Conflict } from "@/assistants/editing";
import { useWords } from "@/i18n/assistants";
import { language } from "@/i18n";
import { Button } from "@/ui";

interface ConflictNoteProps {
  conflict: Conflict;
  busy: boolean;
  onMine: () => void;
  onTheirs: () => void;
}

/** Somebody else saved it meanwhile: says what, and lets one choose. */
export function ConflictNote({ conflict, busy, onMine, onTheirs }: ConflictNoteProps) {
  const words = useWords().assistants;
  const said = words.conflict;
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.scrollIntoView({ block: "nearest" });
    place.current?.focus({ preventScroll: true });
  }, []);
  const list = (fields: Conflict["theirs"]): string => new Intl.ListFormat(language(), { type: "conjunction" }).format(fields.map((field) => words.fields[field].toLocaleLowerCase(language())));
  return (
    <div ref={place} role="alert" tabIndex={-1} className="rounded-xl border border-line bg-warning-soft p-4 text-sm outline-none">
      <p className="flex items-start gap-2 font-medium text-warning">
        <GitMerge size={18} className="mt-0.5 shrink-0" aria-hidden />
        {said.title}
      </p>
      <p className="mt-2">
        {conflict.theirs.length > 0 && `${said.theirs(list(conflict.theirs))} `}
        {conflict.both.length > 0 ? said.both(list(conflict.both)) : said.onlyMine}
      </p>
      {conflict.both.length > 0 && <p className="mt-1">{said.keepText}</p>}
      <div className="mt-3 flex flex-wrap gap-2">
        <Button kind="primary" busy={busy} onClick={onMine}>
          {said.keep}
        </Button>
        <Button disabled={busy} onClick={onTheirs}>
          {said.take}
        </Button>
      </div>
    </div>
  );
}
