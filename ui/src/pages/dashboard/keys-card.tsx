import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { KeyRound } from "lucide-react";
import { api, call } from "@/api";
import { useWords } from "@/i18n/pages";
import { ago } from "@/i18n/format";
import { buttonClass, Card, ErrorState, SkeletonList } from "@/ui";

/** One's keys, the newest of them. */
export function KeysCard() {
  const words = useWords().dashboard.keys;
  const { data, error, refetch, isPending } = useQuery({
    queryKey: ["keys", "newest"],
    queryFn: () => call(api.GET("/api/v1/keys", { params: { query: { limit: 4 } } })),
  });
  return (
    <Card className="flex min-w-0 flex-col lg:col-span-2">
      <h2 className="mb-4 text-base font-semibold">{words.title}</h2>
      {isPending && <SkeletonList rows={3} className="h-10" />}
      {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data !== undefined && data.data.length === 0 && <p className="mb-4 text-sm text-muted">{words.empty}</p>}
      {data !== undefined && data.data.length > 0 && (
        <ul className="mb-4 flex flex-col gap-3">
          {data.data.map((key) => (
            <li key={key.id} className="flex items-center gap-3">
              <KeyRound size={17} className="shrink-0 text-muted" aria-hidden />
              <span className="min-w-0 flex-1">
                <span className="block truncate text-sm font-medium">{key.name}</span>
                <span className="block text-sm text-muted">{key.last_used_at === null ? words.neverUsed : words.used(ago(key.last_used_at))}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      <Link to="/profile/$section" params={{ section: "keys" }} className={`${buttonClass()} mt-auto self-start`}>
        {data !== undefined && data.data.length > 0 ? words.manage : words.create}
      </Link>
    </Card>
  );
}
