// Shortcuts are named by what a key writes (event.key), not by where it lies: so that they are the same on every keyboard.

/** What of a keyboard event tells which keys are down. */
export type Keys = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey"> & { getModifierState?: (name: string) => boolean };

// What a key writes with Shift, on the keyboards where it also writes the other without: a binding means the key.
const SHIFTED: Record<string, string> = { ":": ";", "?": "/", '"': "'", "<": ",", ">": ".", "|": "\\", "{": "[", "}": "]", "+": "=", _: "-", "~": "`" };
const MODIFIERS = new Set(["control", "shift", "alt", "altgraph", "meta", "capslock", "dead", "process", "unidentified"]);

export const isApple = (): boolean => /mac|iphone|ipad/i.test(navigator.platform);

interface Combination {
  mod: boolean;
  alt: boolean;
  shift: boolean;
  key: string;
}

function combinationOf(binding: string): Combination {
  // "mod++": the key may be the plus itself
  const parts = binding.endsWith("++") ? [...binding.slice(0, -2).split("+"), "+"] : binding.split("+");
  return { mod: parts.includes("mod"), alt: parts.includes("alt"), shift: parts.includes("shift"), key: parts.at(-1) ?? "" };
}

/** AltGr writes signs; Windows reports it as Ctrl and Alt together. */
function pressed(event: Keys): Omit<Combination, "key" | "shift"> {
  const graph = event.getModifierState?.("AltGraph") ?? false;
  return { mod: isApple() ? event.metaKey : event.ctrlKey && !graph, alt: event.altKey && !graph };
}

function isSign(key: string): boolean {
  return key.length === 1 && !/[\p{L}\p{N}\s]/u.test(key);
}

/** Whether these keys are the ones of a binding such as "mod+shift+o". */
export function isPressed(binding: string, event: Keys): boolean {
  const wanted = combinationOf(binding);
  const { mod, alt } = pressed(event);
  const key = event.key.toLowerCase();
  if (mod !== wanted.mod || alt !== wanted.alt) return false;
  if (wanted.shift) return event.shiftKey && (key === wanted.key || SHIFTED[key] === wanted.key);
  // Where a sign needs Shift to be written, Shift says nothing.
  return key === wanted.key && (!event.shiftKey || isSign(key));
}

/** The binding that these keys would be; null while only Ctrl and the like are down. */
export function bindingOf(event: Keys): string | null {
  const key = event.key.toLowerCase();
  if (MODIFIERS.has(key)) return null;
  const { mod, alt } = pressed(event);
  const shift = event.shiftKey && !(isSign(key) && SHIFTED[key] === undefined);
  return [mod ? "mod" : "", alt ? "alt" : "", shift ? "shift" : "", shift ? (SHIFTED[key] ?? key) : key].filter(Boolean).join("+");
}

/** Whether nobody types it by accident, or into a field: with Ctrl or Alt, or a function key (WCAG 2.1.4). */
export function isAllowed(binding: string): boolean {
  const { mod, alt, key } = combinationOf(binding);
  return mod || alt || /^f\d{1,2}$/.test(key);
}

/** The names of the keys, in the order in which they are pressed. */
export function keyNames(binding: string, names: Record<string, string>): string[] {
  const { mod, alt, shift, key } = combinationOf(binding);
  const all = [mod ? "mod" : "", alt ? "alt" : "", shift ? "shift" : "", key].filter(Boolean);
  return all.map((each) => (each === "mod" && isApple() ? "⌘" : (names[each] ?? (each.length === 1 ? each.toUpperCase() : each.charAt(0).toUpperCase() + each.slice(1)))));
}
