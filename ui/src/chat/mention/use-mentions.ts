import { type KeyboardEvent, type RefObject, useRef, useState } from "react";
import { type Trigger, triggerAt } from "@/chat/mention/trigger";
import type { Composing } from "@/chat/use-composer";

/** What the open menu does with a key. */
export interface MenuHandle {
  /** True where it took the key. */
  key: (event: KeyboardEvent) => boolean;
}

/** What the menu, which comes when it is needed, gets from the field. */
export interface Mentioning {
  trigger: Trigger | null;
  /** Once it was needed it stays: its windows may be open. */
  wanted: boolean;
  menu: RefObject<MenuHandle | null>;
  /** The option that is pointed at by keys. */
  active: string | null;
  setActive: (id: string | null) => void;
  /** The frame around the field. */
  form: () => HTMLFormElement | null;
  /** Puts a text in the place of what was written for the menu; the cursor goes behind it. */
  replace: (trigger: Trigger, text: string) => void;
  dismiss: () => void;
  onKeyDown: (event: KeyboardEvent) => boolean;
  onSelect: () => void;
  onBlur: () => void;
  /** Writes a sign at the cursor, for those who have no such key. */
  begin: (sign: "@") => void;
}

/** Watches what is written for @, # and /. */
export function useMentions(field: RefObject<HTMLTextAreaElement | null>, { text, setText }: Pick<Composing, "text" | "setText">): Mentioning {
  const [cursor, setCursor] = useState<number | null>(null);
  const [dismissed, setDismissed] = useState<string | null>(null);
  const [active, setActive] = useState<string | null>(null);
  const [wanted, setWanted] = useState(false);
  const menu = useRef<MenuHandle>(null);
  const found = cursor === null ? null : triggerAt(text, cursor);
  const trigger = found !== null && dismissed !== nameOf(found) ? found : null;
  if (trigger !== null && !wanted) setWanted(true);
  if (found === null && dismissed !== null) setDismissed(null);

  function look(): void {
    const area = field.current;
    setCursor(area === null || document.activeElement !== area || area.selectionStart !== area.selectionEnd ? null : area.selectionStart);
  }

  function put(from: number, to: number, written: string): void {
    const now = field.current?.value ?? text;
    setText(now.slice(0, from) + written + now.slice(to));
    const place = from + written.length;
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(place, place);
      look();
    });
  }

  return {
    trigger,
    wanted,
    menu,
    active: trigger === null ? null : active,
    setActive,
    form: () => field.current?.form ?? null,
    replace: ({ from, to }, written) => {
      const now = field.current?.value ?? text;
      // Nothing is left of the sign; nor of the space that stood behind it, where one stands before it.
      const further = written === "" && now[to] === " " && (from === 0 || /\s/.test(now[from - 1] ?? "")) ? 1 : 0;
      put(from, to + further, written);
    },
    dismiss: () => found !== null && setDismissed(nameOf(found)),
    onKeyDown: (event) => {
      if (trigger === null) return false;
      return menu.current?.key(event) ?? false;
    },
    onSelect: look,
    onBlur: () => setCursor(null),
    begin: (sign) => {
      const at = field.current?.selectionStart ?? text.length;
      const space = at === 0 || /\s/.test(text[at - 1] ?? "") ? "" : " ";
      put(at, at, space + sign);
    },
  };
}

const nameOf = ({ sign, from }: Trigger): string => `${sign}${from}`;
