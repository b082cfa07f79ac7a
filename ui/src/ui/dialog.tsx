import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type ReactNode, type RefObject, useState } from "react";
import { useWords } from "@/i18n";
import { Button, IconButton } from "@/ui/button";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  /** Buttons, the one that does it last. */
  actions?: ReactNode;
  wide?: boolean;
  /** What has the focus first; else whatever comes first. */
  first?: RefObject<HTMLElement | null>;
}

/** A window over the page; focus goes in, and back to where it was. */
export function Dialog({ open, onClose, title, description, children, actions, wide = false, first }: DialogProps) {
  const words = useWords();
  return (
    <Base.Root open={open} onOpenChange={(now) => !now && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/40 transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          {...(first !== undefined && { initialFocus: first })}
          className={`fixed top-1/2 left-1/2 z-40 flex max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 flex-col rounded-2xl border border-line bg-raised text-ink shadow-overlay transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0 ${wide ? "max-w-3xl" : "max-w-md"}`}
        >
          <header className="flex items-start gap-4 px-6 pt-5">
            <div className="min-w-0 flex-1">
              <Base.Title className="text-lg font-semibold">{title}</Base.Title>
              {description !== undefined && <Base.Description className="mt-1 text-sm text-muted">{description}</Base.Description>}
            </div>
            <Base.Close render={<IconButton label={words.common.close} size="small" className="-mt-1 -mr-2" />}>
              <X size={18} aria-hidden />
            </Base.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-6 py-4">{children}</div>
          {actions !== undefined && <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-6 py-4">{actions}</footer>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

interface ConfirmProps {
  open: boolean;
  onClose: () => void;
  /** Names the object: Delete “Photosynthesis”? */
  title: string;
  text: ReactNode;
  /** The verb on the button. */
  action: string;
  /** Done when the promise is; what it throws is shown in the dialog by `explain`. */
  onConfirm: () => Promise<void>;
  danger?: boolean;
  explain?: (error: unknown) => string;
}

/** Asks before something that can't be taken back. */
export function Confirm({ open, onClose, title, text, action, onConfirm, danger = true, explain }: ConfirmProps) {
  const words = useWords();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function run(): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      onClose();
    } catch (failure) {
      setError(explain?.(failure) ?? words.errors.unknown);
    } finally {
      setBusy(false);
    }
  }

  const actions = (
    <>
      <Button onClick={onClose}>{words.common.cancel}</Button>
      <Button kind={danger ? "danger" : "primary"} busy={busy} onClick={() => void run()}>
        {action}
      </Button>
    </>
  );
  return (
    <Dialog open={open} onClose={onClose} title={title} actions={actions}>
      <div className="text-sm text-muted">{text}</div>
      {error !== null && (
        <p role="alert" className="mt-3 text-sm text-danger">
          {error}
        </p>
      )}
    </Dialog>
  );
}
