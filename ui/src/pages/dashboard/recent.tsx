import { Link } from "@tanstack/react-router";
import { MessageSquare, MessagesSquare } from "lucide-react";
import { useWords } from "@/i18n/pages";
import { ago } from "@/i18n/format";
import { useListing } from "@/library/queries";
import { buttonClass, EmptyState, ErrorState, SkeletonList } from "@/ui";

const SHOWN = 6;

/** The conversations of late. */
export function Recent() {
  const words = useWords().dashboard.recent;
  const { data, error, isPending, refetch } = useListing({});
  const list = data?.items.slice(0, SHOWN) ?? [];
  return (
    <section aria-labelledby="recent">
      <h2 id="recent" className="mb-3 text-base font-semibold">
        {words.title}
      </h2>
      {isPending && <SkeletonList rows={3} className="h-14" />}
      {error !== null && data === undefined && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data !== undefined && list.length === 0 && (
        <div className="rounded-xl border border-line bg-surface">
          <EmptyState
            icon={<MessagesSquare aria-hidden />}
            title={words.emptyTitle}
            action={
              <Link to="/import" className={buttonClass()}>
                {words.import}
              </Link>
            }
          >
            {words.empty}
          </EmptyState>
        </div>
      )}
      {list.length > 0 && (
        <ul className="grid gap-2 sm:grid-cols-2">
          {list.map((each) => (
            <li key={each.id} className="min-w-0">
              <Link
                to="/chat/$conversationId"
                params={{ conversationId: each.id }}
                className="flex items-center gap-3 rounded-xl border border-line bg-surface px-4 py-3 hover:bg-hover"
              >
                <MessageSquare size={18} className="shrink-0 text-muted" aria-hidden />
                <span className="min-w-0 flex-1">
                  <span className="block truncate font-medium">{each.title || words.untitled}</span>
                  <span className="block text-sm text-muted">{ago(each.updated_at)}</span>
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
