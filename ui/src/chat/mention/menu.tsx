import { BookOpen, FileText, ScrollText } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useImperativeHandle, useState } from "react";
import { AssistantPicture } from "@/assistants/picture";
import { type Offer, useOffers } from "@/chat/mention/offers";
import type { Trigger } from "@/chat/mention/trigger";
import type { Mentioning } from "@/chat/mention/use-mentions";
import { type Messages, useWords } from "@/i18n/chat-tools";
import { bytes } from "@/i18n/format";
import { plain } from "@/md";

/** Higher than this it is nowhere; and where there is less room above the field, it opens below. */
const HIGHEST = 320;
const ROOM = 200;

interface MenuProps {
  trigger: Trigger;
  mentioning: Mentioning;
  onPick: (offer: Offer) => void;
}

/** What can be picked for what is being written: the field keeps the focus, and its keys go through the list. */
export function MentionMenu({ trigger, mentioning, onPick }: MenuProps) {
  const words = useWords();
  const said = words.tools.mention;
  const { sign, query } = trigger;
  const { groups, loading, failed, empty } = useOffers(trigger);
  const offers = groups.flatMap((group) => group.offers);
  const list = useId();
  const written = sign + query;
  // What is pointed at holds for what was written then: another word begins at the top.
  const [pointed, setPointed] = useState({ written, at: 0 });
  const setAt = (at: number): void => setPointed({ written, at });
  const current = pointed.written === written ? Math.min(pointed.at, offers.length - 1) : 0;
  const idOf = (index: number): string => `${list}-${index}`;
  const { setActive } = mentioning;
  const active = offers.length === 0 ? null : idOf(current);
  useEffect(() => {
    setActive(active);
    if (active !== null) document.getElementById(active)?.scrollIntoView({ block: "nearest" });
    return () => setActive(null);
  }, [active, setActive]);
  const [room] = useState(() => roomFor(mentioning.form()));

  function key(event: KeyboardEvent): boolean {
    if (event.key === "Escape") mentioning.dismiss();
    else if (offers.length === 0 || event.altKey || event.ctrlKey || event.metaKey) return false;
    else if (event.key === "ArrowDown") setAt((current + 1) % offers.length);
    else if (event.key === "ArrowUp") setAt((current - 1 + offers.length) % offers.length);
    else if (event.key === "Enter" && !event.shiftKey) pick(offers[current]);
    else return false;
    event.preventDefault();
    return true;
  }

  function pick(offer: Offer | undefined): void {
    if (offer !== undefined) onPick(offer);
  }

  useImperativeHandle(mentioning.menu, () => ({ key }));
  const nothing = failed ? said.failed : loading ? words.common.loading : empty ? said.nothing[sign] : query === "" || query.includes(" ") ? null : said.none[sign];
  if (offers.length === 0 && nothing === null) return null;
  const status = offers.length > 0 ? said.count(offers.length) : (nothing ?? "");
  return (
    <div style={room.style} className={`absolute inset-x-0 z-20 flex flex-col overflow-hidden rounded-2xl border border-line bg-raised text-sm shadow-overlay ${room.below ? "top-full mt-2" : "bottom-full mb-2"}`}>
      <span role="status" className="sr-only">
        {status}
      </span>
      {offers.length === 0 ? (
        <p className="px-4 py-3 text-muted">{nothing}</p>
      ) : (
        <div role="listbox" id={list} aria-label={said[sign]} className="min-h-0 overflow-y-auto overscroll-contain p-1.5">
          {groups.map((group, number) => (
            <div key={group.key} role="group" aria-labelledby={`${list}-g${number}`}>
              <div id={`${list}-g${number}`} className="px-2.5 pt-1.5 pb-1 text-xs font-medium text-muted">
                {labelOf(group.key, words)}
              </div>
              {group.offers.map((offer) => {
                const index = offers.indexOf(offer);
                return <Option key={offer.id} id={idOf(index)} offer={offer} active={index === current} onPoint={() => setAt(index)} onPick={() => pick(offer)} />;
              })}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

/** Above the field, or below it where there is no room above. */
function roomFor(form: HTMLFormElement | null): { below: boolean; style: { maxHeight: number } } {
  const field = form?.getBoundingClientRect();
  if (field === undefined) return { below: false, style: { maxHeight: HIGHEST } };
  const above = field.top - 72; // the page's own row stands above
  const under = (window.visualViewport?.height ?? window.innerHeight) - field.bottom - 16;
  const below = above < ROOM && under > above;
  return { below, style: { maxHeight: Math.max(120, Math.min(HIGHEST, below ? under : above)) } };
}

function labelOf(kind: Offer["kind"], words: Messages): string {
  const said = words.tools.mention;
  if (kind === "assistant") return said["@"];
  return kind === "file" ? said.files : kind === "store" ? said.stores : said.prompts;
}

interface OptionProps {
  id: string;
  offer: Offer;
  active: boolean;
  onPoint: () => void;
  onPick: () => void;
}

function Option({ id, offer, active, onPoint, onPick }: OptionProps) {
  const words = useWords();
  const { face, name, hint } = shownOf(offer, words);
  return (
    <button
      type="button"
      tabIndex={-1}
      id={id}
      role="option"
      aria-selected={active}
      // The field keeps the focus.
      onPointerDown={(event) => event.preventDefault()}
      onMouseDown={(event) => event.preventDefault()}
      onPointerMove={active ? undefined : onPoint}
      onClick={onPick}
      className={`flex min-h-11 w-full items-center gap-2.5 rounded-lg px-2.5 py-1.5 text-left select-none ${active ? "bg-selected" : ""}`}
    >
      {face}
      <span className="min-w-0 flex-1">
        <span className="block truncate">{name}</span>
        {hint !== "" && <span className="block truncate text-xs text-muted">{hint}</span>}
      </span>
    </button>
  );
}

function shownOf(offer: Offer, words: Messages): { face: ReactNode; name: string; hint: string } {
  const said = words.tools;
  switch (offer.kind) {
    case "assistant": {
      const { name, picture, description, owner } = offer.assistant;
      const shown = plain(name ?? "") || said.assistant.untitled;
      return { face: <AssistantPicture name={shown} src={picture} size={30} />, name: shown, hint: plain(description ?? "") || (owner === null ? "" : said.assistant.by(plain(owner))) };
    }
    case "file":
      return { face: <Icon><FileText size={17} aria-hidden /></Icon>, name: plain(offer.file.filename), hint: bytes(offer.file.bytes) };
    case "store":
      return { face: <Icon><BookOpen size={17} aria-hidden /></Icon>, name: plain(offer.store.name), hint: said.mention.storeHint(offer.store.files) };
    case "prompt":
      return { face: <Icon><ScrollText size={17} aria-hidden /></Icon>, name: plain(offer.prompt.name), hint: `/${offer.prompt.command} · ${plain(offer.prompt.text).slice(0, 80)}` };
  }
}

function Icon({ children }: { children: ReactNode }) {
  return <span className="grid size-[30px] shrink-0 place-items-center rounded-lg bg-hover text-muted">{children}</span>;
}
