import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { Copy, Link2Off } from "lucide-react";
import { api, call, explain, isApiError, raw } from "@/api";
import { useWords } from "@/i18n/library-pages";
import { refetchLibrary } from "@/library/queries";
import { Button, Card, EmptyState, ErrorState, Page, SkeletonList } from "@/ui";

/** What a link shows, as far as it is named here; its pages aren't part of the API's types. */
interface Shared {
  title: string | null;
  messages: readonly unknown[];
}

/** Who opened somebody's link goes on from there: nothing is copied before they say so. */
export function ShareCopyPage() {
  const words = useWords();
  const said = words.library.share;
  const navigate = useNavigate();
  const token = useParams({ strict: false, select: (params) => params.token }) ?? "";
  const shared = useQuery({
    queryKey: ["shared", token],
    queryFn: async ({ signal }) => (await raw(`/s/${encodeURIComponent(token)}`, { signal })).json() as Promise<Shared>,
  });
  const copy = useMutation({
    mutationFn: () => call(api.POST("/api/v1/share-copies", { body: { token } })),
    onSuccess: async ({ conversation_id }) => {
      void refetchLibrary("conversations");
      await navigate({ to: "/chat/$conversationId", params: { conversationId: conversation_id }, replace: true });
    },
  });
  return (
    <Page title={said.copyTitle}>
      {shared.isPending && <SkeletonList rows={2} className="h-16" />}
      {isApiError(shared.error) && shared.error.status === 404 && (
        <EmptyState icon={<Link2Off aria-hidden />} title={said.copyGone}>
          {said.copyGoneText}
        </EmptyState>
      )}
      {shared.isError && !(isApiError(shared.error) && shared.error.status === 404) && <ErrorState error={shared.error} onRetry={() => void shared.refetch()} />}
      {shared.data !== undefined && (
        <Card className="flex max-w-xl flex-col items-start gap-4">
          <p>{said.copyText(shared.data.title ?? words.library.untitled, said.messages(shared.data.messages.length))}</p>
          {copy.isError && (
            <p role="alert" className="text-sm text-danger">
              {explain(copy.error, words)}
            </p>
          )}
          <Button kind="primary" busy={copy.isPending} icon={<Copy size={16} aria-hidden />} onClick={() => copy.mutate()}>
            {said.copyDo}
          </Button>
        </Card>
      )}
    </Page>
  );
}
