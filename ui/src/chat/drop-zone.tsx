import { FilePlus } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useWords } from "@/i18n";

const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;

interface DropZoneProps {
  onFiles: (files: readonly File[]) => void;
  /** What becomes of them, where they don't go with a question. */
  title?: string;
  hint?: string;
}

/** Files may be dropped anywhere on the page. */
export function DropZone({ onFiles, title, hint }: DropZoneProps) {
  const words = useWords().chat.composer;
  const [over, setOver] = useState(false);
  const take = useRef(onFiles);
  useEffect(() => {
    take.current = onFiles;
  });

  useEffect(() => {
    let depth = 0;
    const show = (by: number): void => {
      depth = Math.max(0, depth + by);
      setOver(depth > 0);
    };
    const enter = (event: DragEvent): void => {
      if (carriesFiles(event)) show(1);
    };
    const leave = (event: DragEvent): void => {
      if (carriesFiles(event)) show(-1);
    };
    const hold = (event: DragEvent): void => {
      if (carriesFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      show(-depth);
      take.current([...(event.dataTransfer?.files ?? [])]);
    };
    const listeners = { dragenter: enter, dragleave: leave, dragover: hold, drop } as const;
    for (const [name, listener] of Object.entries(listeners)) window.addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of Object.entries(listeners)) window.removeEventListener(name, listener as EventListener);
    };
  }, []);

  if (!over) return null;
  return (
    <div className="pointer-events-none fixed inset-0 z-50 grid place-items-center bg-ground/85 p-6">
      <div className="flex flex-col items-center gap-2 rounded-2xl border-2 border-dashed border-accent bg-surface px-10 py-8 text-center">
        <FilePlus size={28} className="text-accent" aria-hidden />
        <p className="font-medium">{title ?? words.drop}</p>
        <p className="text-sm text-muted">{hint ?? words.dropHint}</p>
      </div>
    </div>
  );
}
