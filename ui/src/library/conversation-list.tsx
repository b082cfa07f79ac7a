import { type ReactNode, useEffect, useRef, useState } from "react";
import { useParams } from "@tanstack/react-router";
import type { Conversation } from "@/api";
import { useLanguage, useWords } from "@/i18n";
import { byDate } from "@/library/dates";
import { Rows } from "@/library/list/chunk";
import { Folders } from "@/library/list/folders";
import { Heading } from "@/library/list/heading";
import { More } from "@/library/list/more";
import { ListOptions } from "@/library/list/options";
import { ROW, Roving, RovingContext } from "@/library/list/roving";
import { CurrentContext } from "@/library/list/row";
import { type Paged, useListing } from "@/library/queries";
import { ErrorState, SkeletonList } from "@/ui";

/** The person's conversations in the sidebar: pinned ones, folders, and the rest by date. */
export function ConversationList() {
  const words = useWords().library.list;
  const [tag, setTag] = useState<string | null>(null);
  return (
    <ListFrame>
      <ListOptions tag={tag} onTag={setTag} />
      <p id="list-keys" className="sr-only">
        {words.keys}
      </p>
      {tag === null ? <Whole /> : <Tagged tag={tag} />}
    </ListFrame>
  );
}

/** Keys among the rows, and who scrolls them. */
function ListFrame({ children }: { children: ReactNode }) {
  const words = useWords().library.list;
  const frame = useRef<HTMLDivElement>(null);
  const [roving] = useState(() => new Roving());
  const current = useParams({ strict: false, select: (params) => params.conversationId });

  // Tab comes to the row where somebody was, else to the open conversation, else to the first one.
  useEffect(() => {
    const list = frame.current;
    if (list === null) return;
    const settle = () => {
      if (list.querySelector(`${ROW}[tabindex="0"]`) !== null) return;
      const rows = [...list.querySelectorAll<HTMLElement>(ROW)];
      const open = rows.find((each) => current !== undefined && each.dataset["row"]?.endsWith(` ${current}`));
      roving.moveTo((open ?? rows[0])?.dataset["row"] ?? null);
    };
    settle();
    const observer = new MutationObserver(settle);
    observer.observe(list, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, [roving, current]);

  return (
    <RovingContext value={roving}>
      <div ref={frame} role="group" aria-label={words.label} aria-describedby="list-keys" data-rows>
        <CurrentContext value={current}>{children}</CurrentContext>
      </div>
    </RovingContext>
  );
}

function Whole() {
  const words = useWords().library.list;
  const pinned = useListing({ pinned: true });
  const dated = useListing({ pinned: false, folder: "none" });
  return (
    <>
      {pinned.data !== undefined && pinned.data.items.length > 0 && (
        <section>
          <Heading>{words.pinned}</Heading>
          <Rows section="pinned" label={words.pinned} items={pinned.data.items} />
          <More listing={pinned} byHand />
        </section>
      )}
      <Folders />
      <Dated listing={dated} section="dated" empty={words.empty} />
    </>
  );
}

function Tagged({ tag }: { tag: string }) {
  const words = useWords().library.list;
  return <Dated listing={useListing({ tag })} section="tagged" empty={words.emptyTag(tag)} />;
}

function Dated({ listing, section, empty }: { listing: Paged; section: string; empty: string }) {
  const words = useWords().library.list;
  useLanguage(); // the months' names
  const today = useToday();
  if (listing.isPending) {
    return (
      <div className="mt-4 pr-2 pl-2">
        <SkeletonList rows={8} className="h-6" />
      </div>
    );
  }
  if (listing.data === undefined) return <ErrorState error={listing.error} onRetry={() => void listing.refetch()} />;
  if (listing.data.items.length === 0) return <p className="mt-4 px-2 text-sm text-muted">{empty}</p>;
  return (
    <>
      {byDate<Conversation>(listing.data.items, (each) => each.updated_at, words, today).map((group) => (
        <section key={group.key} className="mt-4">
          <Heading>{group.name}</Heading>
          <Rows section={section} label={group.name} items={group.items} />
        </section>
      ))}
      <More listing={listing} />
    </>
  );
}

/** The day; another one at midnight. */
function useToday(): Date {
  const [today, setToday] = useState(() => new Date());
  useEffect(() => {
    const tomorrow = new Date(today);
    tomorrow.setHours(24, 0, 1, 0);
    const timer = setTimeout(() => setToday(new Date()), tomorrow.getTime() - Date.now());
    return () => clearTimeout(timer);
  }, [today]);
  return today;
}
