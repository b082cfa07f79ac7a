import { useQuery } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";

/** Days such as "2026-11-21", both included. */
export interface DayRange {
  from: string;
  to: string;
}

/** Sums of one's own calls in a range of days, told apart by day or by model. */
export function useOwnUsage(range: DayRange, by: "day" | "model") {
  return useQuery({
    queryKey: ["usage", "own", by, range.from, range.to],
    queryFn: async () => (await call(api.GET("/api/v1/usage", { params: { query: { from: range.from, to: range.to, group_by: by } } }))) as Schemas["Usage"], // not the CSV
    enabled: range.from !== "" && range.to !== "" && range.from <= range.to,
  });
}
