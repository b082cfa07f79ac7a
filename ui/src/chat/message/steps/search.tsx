import { useContext, useState } from "react";
import { Fold } from "@/chat/message/fold";
import { Passage, useShownPassage } from "@/chat/message/passage";
import { Note, StateIcon } from "@/chat/message/steps/piece";
import { ConversationContext } from "@/chat/message/where";
import type { Hit, SearchPart } from "@/chat/types";
import { useWords } from "@/i18n/chat-tools";
import { number, percent } from "@/i18n/format";
import { plain, Shown } from "@/md";

/** So many passages are shown at first. */
const FIRST = 4;

/** A search: what for, and which passages it found; each opens its document. */
export function SearchStep({ part }: { part: SearchPart }) {
  const words = useWords().tools;
  const busy = part.state === "writing" || part.state === "running";
  const hint = busy || part.state === "failed" ? words.states[part.state] : part.hits === null ? undefined : words.search.found(part.hits.length);
  return (
    <Fold icon={<StateIcon state={part.state} />} label={busy ? words.search.running : words.search.label} {...(hint !== undefined && !busy && { hint })}>
      {part.queries.length > 0 && (
        <>
          <p className="mb-1 text-xs font-medium text-muted">{words.search.queries}</p>
          <ul className="mb-3 flex flex-wrap gap-1.5">
            {part.queries.map((query, index) => (
              <li key={index} className="max-w-full rounded-md bg-hover px-2 py-0.5 text-sm">
                <Shown text={query} />
              </li>
            ))}
          </ul>
        </>
      )}
      {part.hits !== null ? <Hits hits={part.hits} itemId={part.id} /> : !busy && part.state !== "failed" && <Note>{words.search.notTold}</Note>}
    </Fold>
  );
}

function Hits({ hits, itemId }: { hits: readonly Hit[]; itemId: string }) {
  const words = useWords().tools.search;
  const [all, setAll] = useState(false);
  if (hits.length === 0) return <Note>{words.noHits}</Note>;
  const shown = all ? hits : hits.slice(0, FIRST);
  return (
    <>
      <p className="mb-1 text-xs font-medium text-muted">{words.hits}</p>
      <ul className="flex flex-col gap-2">
        {shown.map((hit, index) => (
          <li key={index}>
            <HitCard hit={hit} itemId={itemId} />
          </li>
        ))}
      </ul>
      {shown.length < hits.length && (
        <button type="button" onClick={() => setAll(true)} className="mt-2 min-h-8 text-sm font-medium text-accent hover:underline">
          {words.more(hits.length - shown.length)}
        </button>
      )}
    </>
  );
}

function HitCard({ hit, itemId }: { hit: Hit; itemId: string }) {
  const words = useWords().tools;
  const conversationId = useContext(ConversationContext);
  const { shown, show, close } = useShownPassage();
  const name = plain(hit.filename) || words.sources.unnamed;
  const where = [hit.place?.page == null ? "" : words.search.page(number(hit.place.page)), words.search.score(percent(hit.score))].filter(Boolean).join(" · ");
  const citation = { fileId: hit.fileId, filename: name, start: hit.place?.start ?? null, end: hit.place?.end ?? null, page: hit.place?.page ?? null, heading: hit.place?.heading ?? [], conversationId, itemId };
  return (
    <>
      <button type="button" title={words.search.open(name)} onClick={() => show(citation)} className="block w-full rounded-xl border border-line bg-surface px-3.5 py-2.5 text-left hover:bg-hover">
        <span className="flex items-baseline gap-2">
          <span className="min-w-0 truncate text-sm font-medium">{name}</span>
          <span className="ml-auto shrink-0 text-xs text-muted">{where}</span>
        </span>
        <span dir="auto" className="mt-1 line-clamp-3 text-sm whitespace-pre-line text-muted">
          <Shown text={hit.text.slice(0, 600).replaceAll(/\s*\n\s*/g, "\n").trim()} />
        </span>
      </button>
      <Passage citation={shown} onClose={close} />
    </>
  );
}
