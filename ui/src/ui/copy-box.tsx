import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { copyText } from "@/app/browser";
import { toast } from "@/app/toast";
import { useWords } from "@/i18n";
import { IconButton } from "@/ui/button";

/** A button that copies a text and says so. */
export function CopyButton({ text, label, className = "" }: { text: string; label?: string; className?: string }) {
  const words = useWords().common;
  const [done, setDone] = useState(false);

  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 2_000);
    return () => clearTimeout(timer);
  }, [done]);

  async function copy(): Promise<void> {
    if (await copyText(text)) setDone(true);
    else toast({ kind: "error", text: words.copyFailed });
  }

  return (
    <IconButton label={done ? words.copied : (label ?? words.copy)} size="small" className={className} onClick={() => void copy()}>
      {done ? <Check size={16} className="text-good" aria-hidden /> : <Copy size={16} aria-hidden />}
      <span role="status" className="sr-only">
        {done ? words.copied : ""}
      </span>
    </IconButton>
  );
}

/** Something to take along: a key, a link, a command. */
export function CopyBox({ text, label, lines = false }: { text: string; label: string; lines?: boolean }) {
  return (
    <div className="flex items-start gap-2 rounded-lg border border-line bg-sunken p-1.5 pl-3">
      <code tabIndex={0} aria-label={label} className={`min-w-0 flex-1 self-center overflow-x-auto py-1 font-mono text-sm ${lines ? "whitespace-pre" : "break-all"}`}>
        {text}
      </code>
      <CopyButton text={text} />
    </div>
  );
}
