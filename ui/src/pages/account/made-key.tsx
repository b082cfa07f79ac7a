import { useState } from "react";
import { useWords } from "@/i18n/pages";
import { CodeExample } from "@/pages/account/code-example";
import { Note } from "@/pages/account/frame";
import type { MadeKey } from "@/pages/account/keys-section";
import { Button, CopyBox, Dialog } from "@/ui";

/** A key's text, this once. It is closed by its button alone, so that nobody loses it by a slip. */
export function MadeKeyDialog({ made, onClose }: { made: MadeKey | null; onClose: () => void }) {
  const words = useWords().account.keys;
  const [slipped, setSlipped] = useState(false);
  const close = () => {
    setSlipped(false);
    onClose();
  };
  return (
    <Dialog
      open={made !== null}
      onClose={() => setSlipped(true)}
      title={words.madeTitle(made?.name ?? "")}
      wide
      actions={
        <Button kind="primary" onClick={close}>
          {words.keptIt}
        </Button>
      }
    >
      {made !== null && (
        <div className="flex flex-col gap-5">
          <Note kind={slipped ? "bad" : "warning"}>{words.once}</Note>
          <CopyBox text={made.key} label={words.text} />
          <div>
            <h3 className="mb-2 text-sm font-medium">{words.example}</h3>
            <CodeExample secret={made.key} />
          </div>
        </div>
      )}
    </Dialog>
  );
}
