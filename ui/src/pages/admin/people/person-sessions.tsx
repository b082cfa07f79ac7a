import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useAdminWords } from "@/i18n/admin";
import { ago } from "@/i18n/format";
import { useAct } from "@/pages/admin/optimistic";
import { Row, Rows } from "@/pages/admin/parts";
import { browserName } from "@/pages/admin/people/agent";
import { endSession, listSessions, nameOf, personKey, type Session, type WholeUser } from "@/pages/admin/people/data";
import { Badge, Button, ErrorState, SkeletonList } from "@/ui";

/** The browsers in which a person is signed in. */
export function PersonSessions({ user }: { user: WholeUser }) {
  const client = useQueryClient();
  const act = useAct();
  const words = useAdminWords().people.person;
  const key = [...personKey(user.id), "sessions"];
  const found = useQuery({ queryKey: key, queryFn: () => listSessions(user.id) });
  const sessions = found.data?.data;

  function end(session: Session): void {
    void act({
      touches: key,
      show: () => {
        const before = client.getQueryData(key);
        client.setQueryData<typeof found.data>(key, (page) => page && { ...page, data: page.data.filter((each) => each.id !== session.id) });
        return () => client.setQueryData(key, before);
      },
      send: () => endSession(user.id, session.id),
      done: words.ended,
      failed: words.notEnded,
    });
  }

  return (
    <section className="flex flex-col gap-3">
      <h3 className="font-semibold">{words.sessions}</h3>
      {sessions === undefined && (found.error ? <ErrorState error={found.error} onRetry={() => void found.refetch()} /> : <SkeletonList rows={2} />)}
      {sessions?.length === 0 && <p className="text-sm text-muted">{words.noSessions}</p>}
      {sessions !== undefined && sessions.length > 0 && (
        <Rows label={words.sessionsList(nameOf(user))}>
          {sessions.map((session) => {
            const browser = session.is_link === true ? session.agent : (browserName(session.agent) ?? words.unknownBrowser);
            return (
              <Row
                key={session.id}
                actions={
                  session.current ? (
                    <Badge>{words.thisBrowser}</Badge>
                  ) : (
                    <Button kind="quiet" aria-label={words.endOf(browser)} onClick={() => end(session)}>
                      {words.end}
                    </Button>
                  )
                }
              >
                <p className="flex flex-wrap items-center gap-2 font-medium">
                  {browser}
                  {session.is_link === true && <Badge>{words.signInLink}</Badge>}
                </p>
                <p className="text-muted">{words.lastSeen(ago(session.last_used_at), session.address)}</p>
              </Row>
            );
          })}
        </Rows>
      )}
    </section>
  );
}
