import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/app/toast";
import { useWords } from "@/i18n";
import { useExplain } from "@/pages/admin/explain";

export interface Act {
  /** What is refetched when it is over, whichever way it went. */
  touches: QueryKey;
  /** Shows it as if it were done; gives back what takes it back. */
  show?: () => () => void;
  send: () => Promise<unknown>;
  done?: string;
  failed: (why: string) => string;
}

/** Does something at once on the screen and then on the server. What fails is taken back, told, and can be tried again. */
export function useAct(): (act: Act) => Promise<boolean> {
  const client = useQueryClient();
  const why = useExplain();
  const words = useWords().common;
  return async function run(act: Act): Promise<boolean> {
    await client.cancelQueries({ queryKey: act.touches });
    const back = act.show?.();
    try {
      await act.send();
      if (act.done !== undefined) toast({ text: act.done });
      return true;
    } catch (error) {
      back?.();
      toast({ kind: "error", text: act.failed(why(error)), action: { label: words.retry, run: () => void run(act) } });
      return false;
    } finally {
      void client.invalidateQueries({ queryKey: act.touches });
    }
  };
}
