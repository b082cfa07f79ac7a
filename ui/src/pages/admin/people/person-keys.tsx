import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "@/app/toast";
import { useAdminWords } from "@/i18n/admin";
import { ago } from "@/i18n/format";
import { useExplain } from "@/pages/admin/explain";
import { type Key, KEYS, listKeysOf, revokeKey } from "@/pages/admin/keys/data";
import { Row, Rows } from "@/pages/admin/parts";
import { nameOf, personKey, type WholeUser } from "@/pages/admin/people/data";
import { Button, Confirm, ErrorState, SkeletonList } from "@/ui";

/** The keys of a person's programs that work now. */
export function PersonKeys({ user }: { user: WholeUser }) {
  const client = useQueryClient();
  const all = useAdminWords();
  const words = all.people.person;
  const why = useExplain();
  const [revoking, setRevoking] = useState<Key | null>(null);
  const query = [...personKey(user.id), "keys"];
  const found = useQuery({ queryKey: query, queryFn: () => listKeysOf(user.id) });
  const keys = found.data?.data;

  async function revoke(key: Key): Promise<void> {
    await revokeKey(user.id, key.id);
    toast({ text: all.keys.revoking.done(key.name) });
    await Promise.all([client.invalidateQueries({ queryKey: query }), client.invalidateQueries({ queryKey: KEYS })]);
  }

  return (
    <section className="flex flex-col gap-3">
      <h3 className="font-semibold">{words.keys}</h3>
      {keys === undefined && (found.error ? <ErrorState error={found.error} onRetry={() => void found.refetch()} /> : <SkeletonList rows={2} />)}
      {keys?.length === 0 && <p className="text-sm text-muted">{words.noKeys}</p>}
      {keys !== undefined && keys.length > 0 && (
        <Rows label={words.keysList(nameOf(user))}>
          {keys.map((key) => (
            <Row
              key={key.id}
              actions={
                <Button kind="quiet" className="text-danger" aria-label={`${all.keys.revoke}: ${key.name}`} onClick={() => setRevoking(key)}>
                  {all.keys.revoke}
                </Button>
              }
            >
              <p className="font-medium">{key.name}</p>
              <p className="text-muted">
                {key.scopes.map((scope) => all.keys.scopes[scope]).join(", ")} · {key.last_used_at === null ? all.keys.never : ago(key.last_used_at)}
              </p>
            </Row>
          ))}
        </Rows>
      )}
      {revoking !== null && (
        <Confirm
          open
          onClose={() => setRevoking(null)}
          title={all.keys.revoking.title(revoking.name, nameOf(user))}
          text={all.keys.revoking.text}
          action={all.keys.revoke}
          onConfirm={() => revoke(revoking)}
          explain={why}
        />
      )}
    </section>
  );
}
