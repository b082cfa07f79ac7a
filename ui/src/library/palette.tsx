import { Dialog as Base } from "@base-ui/react/dialog";
import { Search } from "lucide-react";
import { type KeyboardEvent, type RefObject, useId, useRef, useState } from "react";
import { useWords } from "@/i18n";
import { type Choice, type ChoiceGroup, usePaletteChoices } from "@/library/palette-choices";
import { Keys } from "@/library/pages/kbd";
import { closeOver, takeEarly } from "@/library/palette-state";

/** Goes anywhere by typing: conversations, what was said in them, commands. */
export function Palette() {
  const words = useWords().library.palette;
  const field = useRef<HTMLInputElement>(null);
  return (
    <Base.Root open onOpenChange={(open) => !open && closeOver()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Base.Popup
          initialFocus={field}
          className="fixed inset-x-4 top-[10dvh] z-40 mx-auto flex max-h-[min(70dvh,34rem)] max-w-xl flex-col overflow-hidden rounded-2xl border border-line bg-raised text-ink shadow-overlay outline-none"
        >
          <Base.Title className="sr-only">{words.label}</Base.Title>
          <Box field={field} />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

function Box({ field }: { field: RefObject<HTMLInputElement | null> }) {
  const words = useWords().library.palette;
  const list = useId();
  const [text, setText] = useState("");
  const groups = usePaletteChoices(text);
  const choices = groups.flatMap((group) => group.choices);
  const [wanted, setWanted] = useState<string | null>(null);
  const active = choices.find((each) => each.id === wanted) ?? choices[0];

  function run(choice: Choice): void {
    closeOver();
    choice.run();
  }

  function step(by: number): void {
    const at = choices.findIndex((each) => each.id === active?.id);
    const next = choices[(at + by + choices.length) % choices.length];
    if (next === undefined) return;
    setWanted(next.id);
    document.getElementById(`${list}-${next.id}`)?.scrollIntoView({ block: "nearest" });
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if (event.key === "Enter" && active !== undefined) run(active);
    else return;
    event.preventDefault();
  }

  return (
    <>
      <div className="flex items-center gap-3 border-b border-line px-4">
        <Search size={18} className="shrink-0 text-muted" aria-hidden />
        <input
          ref={field}
          role="combobox"
          aria-expanded="true"
          aria-controls={list}
          aria-autocomplete="list"
          aria-label={words.label}
          {...(active !== undefined && { "aria-activedescendant": `${list}-${active.id}` })}
          placeholder={words.placeholder}
          maxLength={500}
          autoComplete="off"
          spellCheck={false}
          value={text}
          onFocus={() => {
            const typed = takeEarly();
            if (typed !== "") setText((before) => before + typed);
          }}
          onChange={(event) => {
            setText(event.target.value);
            setWanted(null);
          }}
          onKeyDown={onKeyDown}
          className="h-13 min-w-0 flex-1 bg-transparent text-base outline-none placeholder:text-muted"
        />
      </div>
      <p role="status" className="sr-only">
        {choices.length === 0 ? words.none : words.found(choices.length)}
      </p>
      <Choices id={list} groups={groups} active={active} onPoint={setWanted} onChoose={run} />
      <Hints />
    </>
  );
}

interface ChoicesProps {
  id: string;
  groups: readonly ChoiceGroup[];
  active: Choice | undefined;
  onPoint: (id: string) => void;
  onChoose: (choice: Choice) => void;
}

function Choices({ id, groups, active, onPoint, onChoose }: ChoicesProps) {
  const words = useWords().library.palette;
  return (
    <div id={id} role="listbox" aria-label={words.label} tabIndex={-1} className="min-h-0 flex-1 scroll-py-2 overflow-y-auto p-2 outline-none">
      {groups.length === 0 && (
        <div role="option" aria-selected="false" aria-disabled="true" className="px-3 py-8 text-center text-sm text-muted">
          {words.none}
        </div>
      )}
      {groups.map((group) => (
        <div key={group.id} role="group" aria-labelledby={`${id}-${group.id}`} className="mb-1">
          <div id={`${id}-${group.id}`} role="presentation" className="px-3 pt-2 pb-1 text-xs font-medium text-muted">
            {group.name}
          </div>
          {group.choices.map((each) => (
            <Option key={each.id} id={`${id}-${each.id}`} choice={each} active={each.id === active?.id} onPoint={() => onPoint(each.id)} onChoose={() => onChoose(each)} />
          ))}
        </div>
      ))}
    </div>
  );
}

interface OptionProps {
  id: string;
  choice: Choice;
  active: boolean;
  onPoint: () => void;
  onChoose: () => void;
}

/** The field keeps the focus and has the keys: an option only takes the pointer. */
function Option({ id, choice, active, onPoint, onChoose }: OptionProps) {
  return (
    <div
      id={id}
      role="option"
      aria-selected={active}
      tabIndex={-1}
      onPointerMove={active ? undefined : onPoint}
      onPointerDown={(event) => event.preventDefault()}
      onClick={onChoose}
      onKeyDown={(event) => event.key === "Enter" && onChoose()}
      className={`flex min-h-10 cursor-pointer items-center gap-3 rounded-lg px-3 py-1.5 text-sm ${active ? "bg-hover" : ""}`}
    >
      <span className="shrink-0 text-muted [&_svg]:size-4.5">{choice.icon}</span>
      <span className="min-w-0 flex-1">
        <span className="block truncate">{choice.label}</span>
        {choice.detail !== undefined && <span className="block truncate text-muted">{choice.detail}</span>}
      </span>
      {choice.keys !== undefined && choice.keys !== null && <Keys binding={choice.keys} />}
      {choice.hint !== undefined && <span className="shrink-0 text-xs text-muted">{choice.hint}</span>}
    </div>
  );
}

function Hints() {
  const words = useWords().library.palette;
  return (
    <p aria-hidden className="flex gap-4 border-t border-line px-4 py-2 text-xs text-muted max-sm:hidden">
      <span className="flex items-center gap-1">
        <Keys binding="arrowup" />
        <Keys binding="arrowdown" /> {words.hint}
      </span>
      <span className="flex items-center gap-1">
        <Keys binding="enter" /> {words.open}
      </span>
    </p>
  );
}
