// A document opened at a passage: the window comes when somebody opens one.
import { lazy, Suspense, useState } from "react";
import type { Citation } from "@/knowledge/passage";

const Dialog = lazy(() => import("@/knowledge/passage").then((module) => ({ default: module.PassageDialog })));

export function Passage({ citation, onClose }: { citation: Citation | null; onClose: () => void }) {
  if (citation === null) return null;
  return (
    <Suspense fallback={null}>
      <Dialog citation={citation} onClose={onClose} />
    </Suspense>
  );
}

export function useShownPassage(): { shown: Citation | null; show: (citation: Citation) => void; close: () => void } {
  const [shown, setShown] = useState<Citation | null>(null);
  return { shown, show: setShown, close: () => setShown(null) };
}
