import { useQuery } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";

export type System = Schemas["SystemState"];
export type Provider = Schemas["Provider"];
export const SYSTEM = ["admin", "system"] as const;

const CALMLY = 10_000;

/** How the server is, asked again every ten seconds while somebody looks. */
export function useSystem() {
  return useQuery({ queryKey: SYSTEM, queryFn: () => call(api.GET("/api/v1/system")), refetchInterval: CALMLY, staleTime: CALMLY / 2 });
}
