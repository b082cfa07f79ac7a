import { WifiOff } from "lucide-react";
import { useSyncExternalStore } from "react";
import { useWords } from "@/i18n";

function subscribe(listener: () => void): () => void {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}

export function useOnline(): boolean {
  return useSyncExternalStore(subscribe, () => navigator.onLine);
}

/** Says calmly that the machine has no network; what was begun goes on when it is back. */
export function OfflineNote() {
  const words = useWords();
  const online = useOnline();
  return (
    <div role="status" className={online ? "sr-only" : "flex items-center justify-center gap-2 bg-warning-soft px-4 py-2 text-sm text-warning"}>
      {!online && (
        <>
          <WifiOff size={16} aria-hidden />
          {words.shell.offline}
        </>
      )}
    </div>
  );
}
