import { useInfiniteQuery } from "@tanstack/react-query";
import { Laptop, Link2, Smartphone } from "lucide-react";
import { useState } from "react";
import { api, call, type Schemas } from "@/api";
import { queryClient } from "@/app/query";
import { toast } from "@/app/toast";
import { useWords } from "@/i18n/pages";
import { ago, dateTime } from "@/i18n/format";
import { deviceOf } from "@/pages/account/agents";
import { tell } from "@/pages/account/tell";
import { Badge, Button, Confirm, ErrorState, Section, SkeletonList } from "@/ui";

type Session = Schemas["Session"];

/** The browsers in which one is signed in. */
export function SessionsSection() {
  const words = useWords();
  const [ending, setEnding] = useState<Session | "others" | null>(null);
  const sessions = useInfiniteQuery({
    queryKey: ["sessions"],
    queryFn: ({ pageParam }) => call(api.GET("/api/v1/sessions", { params: { query: pageParam === "" ? {} : { cursor: pageParam } } })),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });
  const all = sessions.data?.pages.flatMap((page) => page.data) ?? [];
  const others = all.filter((each) => !each.current);
  const shown = [...all.filter((each) => each.current), ...others];
  const one = ending === "others" ? null : ending;
  const isLink = one?.is_link === true;
  const part = words.account.sessionsPart;
  return (
    <Section
      title={words.account.sessionsPart.title}
      description={words.account.sessionsPart.intro}
      actions={others.length > 0 && <Button onClick={() => setEnding("others")}>{words.account.sessionsPart.endOthers}</Button>}
    >
      {sessions.isPending && <SkeletonList rows={3} className="h-18" />}
      {sessions.error !== null && <ErrorState error={sessions.error} onRetry={() => void sessions.refetch()} />}
      {shown.length > 0 && (
        <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface">
          {shown.map((session) => (
            <SessionRow key={session.id} session={session} onEnd={() => setEnding(session)} />
          ))}
        </ul>
      )}
      {others.length === 0 && sessions.isSuccess && <p className="mt-3 text-sm text-muted">{words.account.sessionsPart.only}</p>}
      {sessions.hasNextPage && (
        <Button className="mt-3" busy={sessions.isFetchingNextPage} onClick={() => void sessions.fetchNextPage()}>
          {words.common.loadMore}
        </Button>
      )}
      <Confirm
        open={ending !== null}
        onClose={() => setEnding(null)}
        title={one === null ? part.confirmOthers : (isLink ? part.confirmLink : part.confirm)(nameOf(one) || part.unknown)}
        text={isLink ? part.confirmLinkText : part.confirmText}
        action={isLink ? part.revoke : part.end}
        explain={(error) => tell(error, words)}
        onConfirm={async () => {
          if (ending !== null) await end(ending);
          toast({ text: isLink ? part.revoked : part.ended });
        }}
      />
    </Section>
  );
}

/** Ends one session, or every one but this browser's. Throws ApiError. */
async function end(what: Session | "others"): Promise<void> {
  try {
    if (what !== "others") await endOne(what.id);
    for (let more = what === "others"; more; ) {
      const page = await call(api.GET("/api/v1/sessions", { params: { query: { limit: 100 } } }));
      const others = page.data.filter((each) => !each.current);
      await Promise.all(others.map((each) => endOne(each.id)));
      more = others.length > 0 && page.next_cursor !== null;
    }
  } finally {
    await queryClient.invalidateQueries({ queryKey: ["sessions"] });
  }
}

async function endOne(id: string): Promise<void> {
  await call(api.DELETE("/api/v1/sessions/{session_id}", { params: { path: { session_id: id } } }));
}

/** A browser by its kind; a lasting link by what it is for. */
function nameOf(session: Session): string {
  return session.is_link === true ? session.agent : deviceOf(session.agent).name;
}

function SessionRow({ session, onEnd }: { session: Session; onEnd: () => void }) {
  const words = useWords().account.sessionsPart;
  const isLink = session.is_link === true;
  const name = nameOf(session);
  const Icon = isLink ? Link2 : deviceOf(session.agent).mobile ? Smartphone : Laptop;
  const end = isLink ? words.revoke : words.end;
  return (
    <li className="flex items-center gap-4 p-4">
      <Icon size={22} className="shrink-0 text-muted" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {name || words.unknown}
          {session.current && <Badge tone="good">{words.current}</Badge>}
          {isLink && <Badge>{words.link}</Badge>}
        </p>
        <p className="text-sm text-muted">
          {session.address || "–"} · {words.used(ago(session.last_used_at))} · <span>{words.since(dateTime(session.created_at))}</span>
        </p>
      </div>
      {!session.current && (
        <Button onClick={onEnd} aria-label={`${end}: ${name || words.unknown}`}>
          {end}
        </Button>
      )}
    </li>
  );
}
