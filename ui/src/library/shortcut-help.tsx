import { Switch } from "@base-ui/react/switch";
import { type KeyboardEvent, useState } from "react";
import { useWords } from "@/i18n";
import { Keys } from "@/library/pages/kbd";
import { closeOver } from "@/library/palette-state";
import { bindingOf, isAllowed } from "@/library/shortcut-keys";
import { rebind, resetShortcuts, type Shortcut, useShortcuts } from "@/library/shortcuts";
import { Button, Dialog } from "@/ui";

/** The shortcuts, which can be changed and switched off here. */
export function ShortcutHelp() {
  const words = useWords();
  const said = words.library.shortcuts;
  const shortcuts = useShortcuts();
  const changed = shortcuts.some((each) => each.keys !== each.original);
  const actions = (
    <>
      {changed && <Button onClick={resetShortcuts}>{said.reset}</Button>}
      <Button kind="primary" onClick={closeOver}>
        {words.common.close}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={closeOver} title={said.title} description={said.text} actions={actions}>
      <ul className="flex flex-col divide-y divide-line">
        {shortcuts.map((each) => (
          <Line key={each.id} shortcut={each} all={shortcuts} />
        ))}
      </ul>
      <h3 className="mt-5 mb-1 text-sm font-medium">{said.fixedTitle}</h3>
      <ul className="flex flex-col divide-y divide-line">
        {said.fixed.map(([keys, what]) => (
          <li key={keys} className="flex min-h-11 items-center justify-between gap-3 text-sm">
            <span>{what}</span>
            <Keys binding={keys} />
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function Line({ shortcut, all }: { shortcut: Shortcut; all: readonly Shortcut[] }) {
  const words = useWords().library.shortcuts;
  const [recording, setRecording] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  function onKeyDown(event: KeyboardEvent): void {
    if (!recording || event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") return stop(null);
    const keys = bindingOf(event.nativeEvent);
    if (keys === null) return;
    const holder = all.find((each) => each.id !== shortcut.id && each.keys === keys);
    if (!isAllowed(keys)) setProblem(words.needs);
    else if (holder !== undefined) setProblem(words.taken(holder.label));
    else {
      rebind(shortcut.id, keys);
      stop(null);
    }
  }

  function stop(what: string | null): void {
    setRecording(false);
    setProblem(what);
  }

  return (
    <li className="flex min-h-12 flex-wrap items-center gap-x-3 py-1.5 text-sm">
      <span className="min-w-0 flex-1 max-sm:basis-full">{shortcut.label}</span>
      <button
        type="button"
        onClick={() => setRecording(!recording)}
        onKeyDown={onKeyDown}
        onBlur={() => stop(null)}
        className={`min-h-8 rounded-lg px-2 hover:bg-hover ${recording ? "bg-accent-soft" : ""}`}
      >
        <span className="sr-only">{words.change(shortcut.label)} </span>
        {recording ? words.press : shortcut.keys === null ? <span className="text-muted">{words.off}</span> : <Keys binding={shortcut.keys} />}
      </button>
      <Switch.Root
        aria-label={words.enabled(shortcut.label)}
        checked={shortcut.keys !== null}
        onCheckedChange={(on) => rebind(shortcut.id, on ? shortcut.original : null)}
        className="relative h-6 w-10 shrink-0 rounded-full border border-edge bg-sunken transition-colors data-checked:border-accent data-checked:bg-accent"
      >
        <Switch.Thumb className="absolute top-0.5 left-0.5 size-4.5 rounded-full bg-edge transition-transform data-checked:translate-x-4 data-checked:bg-on-accent" />
      </Switch.Root>
      <p role="status" className="basis-full text-right text-sm text-danger empty:hidden">
        {problem}
      </p>
    </li>
  );
}
