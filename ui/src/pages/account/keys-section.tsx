import { useInfiniteQuery } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { api, call, type Schemas } from "@/api";
import { useWords } from "@/i18n/pages";
import { KeyRow } from "@/pages/account/key-row";
import { MadeKeyDialog } from "@/pages/account/made-key";
import { NewKeyDialog } from "@/pages/account/new-key";
import { RevokeKey, RotateKey } from "@/pages/account/key-ends";
import { Button, Checkbox, EmptyState, ErrorState, Section, SkeletonList } from "@/ui";

export type Key = Schemas["Key"];
export type MadeKey = Schemas["MadeKey"];

type Doing = { what: "new" } | { what: "made"; key: MadeKey } | { what: "revoke" | "rotate"; key: Key } | null;

/** One's own API keys. */
export function KeysSection() {
  const words = useWords();
  const [ended, setEnded] = useState(false);
  const [doing, setDoing] = useState<Doing>(null);
  const keys = useInfiniteQuery({
    queryKey: ["keys", { ended }],
    queryFn: ({ pageParam }) => call(api.GET("/api/v1/keys", { params: { query: { ended, ...(pageParam !== "" && { cursor: pageParam }) } } })),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });
  const all = keys.data?.pages.flatMap((page) => page.data) ?? [];
  const make = (
    <Button kind="primary" icon={<Plus size={17} aria-hidden />} onClick={() => setDoing({ what: "new" })}>
      {words.account.keys.create}
    </Button>
  );
  return (
    <Section title={words.account.keys.title} description={words.account.keys.intro} actions={make}>
      {keys.isPending && <SkeletonList rows={3} className="h-20" />}
      {keys.error !== null && <ErrorState error={keys.error} onRetry={() => void keys.refetch()} />}
      {keys.isSuccess && all.length === 0 && (
        <div className="rounded-xl border border-line bg-surface">
          <EmptyState icon={<KeyRound aria-hidden />} title={words.account.keys.emptyTitle}>
            {words.account.keys.empty}
          </EmptyState>
        </div>
      )}
      {all.length > 0 && (
        <ul className="divide-y divide-line rounded-xl border border-line bg-surface">
          {all.map((key) => (
            <KeyRow key={key.id} entry={key} onRotate={() => setDoing({ what: "rotate", key })} onRevoke={() => setDoing({ what: "revoke", key })} />
          ))}
        </ul>
      )}
      <div className="mt-3 flex flex-wrap items-center justify-between gap-3">
        <Checkbox label={words.account.keys.showEnded} checked={ended} onChange={(event) => setEnded(event.target.checked)} />
        {keys.hasNextPage && (
          <Button busy={keys.isFetchingNextPage} onClick={() => void keys.fetchNextPage()}>
            {words.common.loadMore}
          </Button>
        )}
      </div>
      <Dialogs doing={doing} onDo={setDoing} />
    </Section>
  );
}

function Dialogs({ doing, onDo }: { doing: Doing; onDo: (next: Doing) => void }) {
  const close = () => onDo(null);
  const show = (key: MadeKey) => onDo({ what: "made", key });
  return (
    <>
      <NewKeyDialog open={doing?.what === "new"} onClose={close} onMade={show} />
      <MadeKeyDialog made={doing?.what === "made" ? doing.key : null} onClose={close} />
      <RotateKey entry={doing?.what === "rotate" ? doing.key : null} onClose={close} onMade={show} />
      <RevokeKey entry={doing?.what === "revoke" ? doing.key : null} onClose={close} />
    </>
  );
}
