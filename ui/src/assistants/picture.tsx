import { Bot } from "lucide-react";
import { useState } from "react";
import { initials } from "@/ui/avatar";

interface PictureProps {
  name: string;
  /** Where it is; null: none. */
  src: string | null;
  size?: number;
}

/** An assistant's picture, or its initials; says nothing to those who hear the page: the name stands beside it. */
export function AssistantPicture({ name, src, size = 44 }: PictureProps) {
  const [missing, setMissing] = useState<string | null>(null);
  const style = { width: size, height: size, fontSize: Math.round(size * 0.36), borderRadius: Math.round(size * 0.26) };
  return (
    <span aria-hidden style={style} className="inline-flex shrink-0 items-center justify-center overflow-hidden bg-accent-soft font-semibold text-accent select-none">
      {src !== null && src !== missing ? <img src={src} alt="" className="size-full object-cover" onError={() => setMissing(src)} /> : name.trim() === "" ? <Bot size={Math.round(size * 0.5)} /> : initials(name)}
    </span>
  );
}
