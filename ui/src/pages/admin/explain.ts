import { ApiError, explain } from "@/api";
import { useWords } from "@/i18n";
import { useAdminWords } from "@/i18n/admin";

/** What an error means, in the administration's words where they know better. */
export function useExplain(): (error: unknown) => string {
  const words = useWords();
  const own = useAdminWords().errors as Record<string, string | undefined>;
  return (error) => (error instanceof ApiError ? own[error.code] : undefined) ?? explain(error, words);
}
