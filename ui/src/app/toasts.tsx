import { Toast } from "@base-ui/react/toast";
import { X } from "lucide-react";
import { useEffect } from "react";
import { begin, manager } from "@/app/toast";
import { useWords } from "@/i18n";

/** Where toasts appear; once, around the app. */
export function Toasts() {
  const words = useWords();
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      <Toast.Portal>
        <Toast.Viewport aria-label={words.shell.notices} className="fixed inset-x-4 bottom-4 z-50 mx-auto flex max-w-sm flex-col gap-2 sm:right-6 sm:left-auto sm:w-96">
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function List() {
  const words = useWords();
  const { toasts } = Toast.useToastManager();
  useEffect(begin, []);
  return toasts.map((each) => (
    <Toast.Root
      key={each.id}
      toast={each}
      className="flex items-center gap-3 rounded-xl border border-line bg-raised px-4 py-3 text-sm text-ink shadow-overlay transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0"
    >
      <Toast.Description className={`min-w-0 flex-1 ${each.type === "error" ? "text-danger" : ""}`} />
      <Toast.Action className="shrink-0 rounded-md px-2 py-1 font-medium text-accent hover:bg-hover" />
      <Toast.Close aria-label={words.common.close} className="shrink-0 rounded-md p-1 text-muted hover:bg-hover">
        <X size={16} aria-hidden />
      </Toast.Close>
    </Toast.Root>
  ));
}
