import { number } from "@/i18n/format";
import type { Setting, Value } from "@/pages/admin/settings/data";

/** Who may register: the mode, and the domains of `domain:`. */
export interface Registration {
  mode: "open" | "invite" | "domain" | "closed";
  domains: string;
}

export function registrationOf(value: Value): Registration {
  const text = typeof value === "string" ? value : "";
  if (text.startsWith("domain:")) return { mode: "domain", domains: text.slice("domain:".length).split(",").join(", ") };
  return { mode: text === "open" || text === "closed" ? text : "invite", domains: "" };
}

export function registrationText({ mode, domains }: Registration): string {
  if (mode !== "domain") return mode;
  const listed = domains.split(/[\s,;]+/).map((domain) => domain.replace(/^@/, "").toLowerCase());
  return `domain:${listed.filter((domain) => domain !== "").join(",")}`;
}

/** What was typed, as the setting's value; null: nothing is chosen. undefined: it can't be one. */
export function typedValue(setting: Setting, text: string): Value | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return setting.default === null || setting.kind !== "number" ? null : undefined;
  if (setting.kind !== "number") return trimmed;
  const value = Number(trimmed);
  if (!Number.isInteger(value)) return undefined;
  const within = value >= (setting.least ?? 0) && value <= (setting.most ?? Number.MAX_SAFE_INTEGER);
  // 0 may stand for "no limit" below the least: the server knows where it does.
  return within || value === 0 ? value : undefined;
}

interface ValueWords {
  none: string;
  on: string;
  off: string;
  units: Record<string, string>;
  languages: Record<string, string>;
  registrations: Record<Registration["mode"], string>;
}

/** A value for people. */
export function shownValue(setting: Pick<Setting, "kind" | "unit">, value: unknown, words: ValueWords): string {
  if (value === null || value === undefined || value === "") return words.none;
  if (typeof value === "boolean") return value ? words.on : words.off;
  if (typeof value === "number") return setting.unit === null ? number(value) : `${number(value)} ${words.units[setting.unit] ?? setting.unit}`;
  if (typeof value !== "string") return JSON.stringify(value);
  if (setting.kind === "choice") return words.languages[value] ?? value;
  if (setting.kind !== "registration") return value;
  const { mode, domains } = registrationOf(value);
  return mode === "domain" ? domains : words.registrations[mode];
}

interface RangeWords {
  range: (least: string, most: string) => string;
  rangeOrZero: (least: string, most: string) => string;
}

/** The bounds that the server names when a number is out of them ("Expected 0, or a whole number from 60 to 1000."), in these words. */
export function rangeIn(detail: string, words: RangeWords): string | null {
  const found = /from (\d+) to (\d+)/.exec(detail);
  if (found === null) return null;
  const say = /\b0, or\b/.test(detail) ? words.rangeOrZero : words.range;
  return say(number(Number(found[1])), number(Number(found[2])));
}
