import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ApiError, api, call, type Schemas, whole } from "@/api";
import { toast } from "@/app/toast";
import { useAdminWords } from "@/i18n/admin";

export type Setting = Schemas["Setting"];
export type Value = Setting["value"];
export type Change = Schemas["Change"];
export type Area = "settings" | "limits";
type Found = Awaited<ReturnType<typeof listSettings>>;

export const areaKey = (area: Area) => ["admin", "values", area] as const;
export const CHANGES = ["admin", "changes"] as const;

const PATHS = { settings: "/api/v1/settings", limits: "/api/v1/limits" } as const;

export const listSettings = (area: Area) => whole(api.GET(PATHS[area]));

export function listChanges(kind: Change["kind"] | "all", cursor: string | undefined, limit = 30) {
  return call(api.GET("/api/v1/settings/changes", { params: { query: { limit, ...(kind !== "all" && { kind }), ...(cursor !== undefined && { cursor }) } } }));
}

// One after the other: each has to name the state that the one before it left.
let line: Promise<unknown> = Promise.resolve();

/** The settings of an area, and the way to change one of them. */
export function useSettings(area: Area) {
  const client = useQueryClient();
  const words = useAdminWords().settings;
  const key = areaKey(area);
  const found = useQuery({ queryKey: key, queryFn: () => listSettings(area) });

  function show(setting: Setting, value: Value): void {
    client.setQueryData<Found>(key, (now) => now && { ...now, data: { data: now.data.data.map((each) => (each.key === setting.key ? { ...each, value } : each)) } });
  }

  /** A switch moves at once, and back when it is refused; what was typed stands in its field meanwhile. Throws what the server says. */
  async function save(setting: Setting, value: Value): Promise<void> {
    if (setting.kind === "switch") show(setting, value ?? setting.default);
    const turn = line.then(async () => {
      const etag = client.getQueryData<Found>(key)?.etag ?? "*";
      return whole(api.PATCH(PATHS[area], { params: { header: { "If-Match": etag } }, body: { values: { [setting.key]: value } } }));
    });
    line = turn.catch(() => undefined);
    try {
      client.setQueryData(key, await turn);
    } catch (failure) {
      if (setting.kind === "switch") show(setting, setting.value);
      if (failure instanceof ApiError && failure.status === 412) toast({ kind: "error", text: words.conflict });
      throw failure;
    } finally {
      // What is in force here is shown elsewhere too: models, limits, the log of changes.
      void client.invalidateQueries({ queryKey: ["admin"] });
      void client.invalidateQueries({ queryKey: ["models"] });
    }
  }

  return { settings: found.data?.data.data, error: found.error, retry: () => void found.refetch(), save };
}
