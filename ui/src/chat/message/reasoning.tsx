import { Lightbulb } from "lucide-react";
import { useEffect, useState } from "react";
import { Fold } from "@/chat/message/fold";
import type { ReasoningPart } from "@/chat/types";
import { useWords } from "@/i18n";
import { Markdown } from "@/md";

/** "12 s", "2 min 5 s"; nothing for less than a second. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds === 0) return "";
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** The time, told anew each second while `running`. */
function useNow(running: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}

/** What the model thought before it spoke: folded, and never read aloud by itself. */
export function Reasoning({ part }: { part: ReasoningPart }) {
  const words = useWords().message;
  const now = useNow(part.open);
  const spent = part.began === undefined ? "" : duration((part.open ? now : (part.ended ?? part.began)) - part.began);
  const label = part.open ? words.thinking(spent) : spent === "" ? words.reasoning : words.thought(spent);
  return (
    <Fold icon={<Lightbulb size={16} aria-hidden className={`shrink-0 ${part.open ? "animate-pulse" : ""}`} />} label={label}>
      <div className="md-quiet">
        <Markdown text={part.text} open={part.open} />
      </div>
    </Fold>
  );
}
