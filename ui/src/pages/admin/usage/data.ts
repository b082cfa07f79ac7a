import { useQueries, useQuery } from "@tanstack/react-query";
import { api, call, raw, type Schemas } from "@/api";
import { download } from "@/app/browser";
import { useAdminWords } from "@/i18n/admin";
import { KEYS, listIssuedKeys } from "@/pages/admin/keys/data";
import { getPerson, listPeople, nameOf, PEOPLE, personKey } from "@/pages/admin/people/data";

export type Usage = Schemas["Usage"];
export type Group = Schemas["Group"];
export type Sums = Schemas["Sums"];
export type UsageRow = Schemas["GroupOfUsage"];

/** The first and the last day, both included, such as 2026-11-21. */
export interface Range {
  from: string;
  to: string;
}

export const USAGE = ["admin", "usage"] as const;

export function useUsage(range: Range, by: Group) {
  return useQuery({
    queryKey: [...USAGE, range, by],
    queryFn: async () => (await call(api.GET("/api/v1/usage", { params: { query: { ...range, group_by: by, scope: "all", format: "json" } } }))) as Usage,
    placeholderData: (before) => before,
  });
}

export function useActivity(range: Range) {
  return useQuery({
    queryKey: [...USAGE, "activity", range],
    queryFn: () => call(api.GET("/api/v1/usage/activity", { params: { query: { ...range, scope: "all" } } })),
    placeholderData: (before) => before,
  });
}

export async function downloadCsv({ from, to }: Range, by: Group): Promise<void> {
  const query = new URLSearchParams({ from, to, group_by: by, scope: "all", format: "csv" });
  const answer = await raw(`/api/v1/usage?${query.toString()}`, { headers: { accept: "text/csv" } });
  download(`prosa-${by}-${from}-${to}.csv`, await answer.blob());
}

const STAYS = 5 * 60_000;
const MOST_ALONE = 40;

/** What groups are called: people and keys by their names, what has none in words. */
export function useNames(by: Group, rows: readonly UsageRow[]): (group: string | null) => string {
  const words = useAdminWords().usage;
  const people = usePeopleNames(by === "person" ? rows : []);
  const keys = useQuery({ queryKey: [...KEYS, "names"], queryFn: () => listIssuedKeys(true, undefined), enabled: by === "key", staleTime: STAYS });
  return (group) => {
    if (by === "person") {
      if (group === null) return words.nobody;
      return people.get(group) ?? (group.startsWith("visitor:") ? words.visitors(group.slice("visitor:".length)) : group);
    }
    if (by === "key") {
      const key = keys.data?.data.find((each) => each.id === group);
      return key === undefined ? (group ?? words.noKey) : `${key.name} · ${nameOf(key.owner)}`;
    }
    return group ?? words.noModel;
  };
}

/** Names by ids: most are among the first hundred people; the others are asked for one by one. */
function usePeopleNames(rows: readonly UsageRow[]): Map<string, string> {
  const wanted = rows.map((row) => row.group ?? "").filter((id) => id.startsWith("user_"));
  const first = useQuery({
    queryKey: [...PEOPLE, "names"],
    queryFn: async () => (await listPeople({ search: "", role: "", status: "" }, undefined)).data,
    enabled: wanted.length > 0,
    staleTime: STAYS,
  });
  const found = new Map(first.data?.map((user) => [user.id, nameOf(user)]));
  const missing = first.data === undefined ? [] : wanted.filter((id) => !found.has(id)).slice(0, MOST_ALONE);
  const others = useQueries({ queries: missing.map((id) => ({ queryKey: personKey(id), queryFn: () => getPerson(id), staleTime: STAYS, retry: false })) });
  for (const each of others) if (each.data !== undefined) found.set(each.data.data.id, nameOf(each.data.data));
  return found;
}
