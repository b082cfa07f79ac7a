import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "@/api/errors";

/** Only what may go better the next time is tried again: the server away or busy, not a refusal. */
function again(count: number, error: Error): boolean {
  const passing = error instanceof ApiError && (error.status === 0 || error.status >= 500);
  return passing && count < 2;
}

export const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: again, staleTime: 15_000, refetchOnWindowFocus: true }, mutations: { retry: false } },
});
