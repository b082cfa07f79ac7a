import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";
import type { Bounds } from "@/pages/account/checks";

/** How people get in here, and what the installation is called. */
export type Options = Schemas["Options"];

export const optionsQuery = queryOptions({
  queryKey: ["sign-in-options"],
  queryFn: () => call(api.GET("/api/v1/auth/options")),
  staleTime: 10_000,
});

const USUAL: Bounds = { least: 8, recommended: 15, most: 4096 };

/** The bounds of passwords; the usual ones until the server told its own. */
export function useBounds(): Bounds {
  return useQuery(optionsQuery).data?.password ?? USUAL;
}

/** Whether links can go out by mail. */
export function useMails(): boolean {
  return useQuery(optionsQuery).data?.mail === true;
}
