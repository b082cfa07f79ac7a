import { ChevronLeft, ChevronRight } from "lucide-react";
import type { Turn } from "@/chat/types";
import { useWords } from "@/i18n";
import { IconButton } from "@/ui";

/** ‹ 2/3 ›: the others that stand in the same place. */
export function Versions({ turn, choose }: { turn: Turn; choose: ((turn: Turn, id: string) => void) | undefined }) {
  const words = useWords().message;
  const at = turn.versions.indexOf(turn.id);
  const count = turn.versions.length;
  if (choose === undefined || count < 2 || at < 0) return null;
  const before = turn.versions[at - 1];
  const after = turn.versions[at + 1];
  return (
    <div role="group" aria-label={words.versions} className="inline-flex items-center text-xs text-muted tabular-nums">
      <IconButton size="small" label={words.versionBefore} disabled={before === undefined} onClick={() => before !== undefined && choose(turn, before)}>
        <ChevronLeft size={16} aria-hidden />
      </IconButton>
      <span aria-label={words.version(at + 1, count)} role="img">
        {at + 1}/{count}
      </span>
      <IconButton size="small" label={words.versionAfter} disabled={after === undefined} onClick={() => after !== undefined && choose(turn, after)}>
        <ChevronRight size={16} aria-hidden />
      </IconButton>
    </div>
  );
}
