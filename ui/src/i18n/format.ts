import { language } from "@/i18n";

// Made once per language and form: making one costs more than using it a thousand times.
const made = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat>();

function kept<T extends Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat>(key: string, make: () => T): T {
  const name = `${language()} ${key}`;
  let form = made.get(name) as T | undefined;
  if (form === undefined) {
    form = make();
    made.set(name, form);
  }
  return form;
}

type Moment = string | number | Date;

function formatted(moment: Moment, options: Intl.DateTimeFormatOptions): string {
  return kept(JSON.stringify(options), () => new Intl.DateTimeFormat(language(), options)).format(new Date(moment));
}

/** "22 de nov. de 2026" */
export const date = (moment: Moment): string => formatted(moment, { dateStyle: "medium" });
/** "22/11/2026, 14:05" */
export const dateTime = (moment: Moment): string => formatted(moment, { dateStyle: "short", timeStyle: "short" });
export const time = (moment: Moment): string => formatted(moment, { timeStyle: "short" });
/** "22/11" on a chart's axis. */
export const dayMonth = (moment: Moment): string => formatted(moment, { day: "2-digit", month: "2-digit" });
/** "novembro de 2026" */
export const monthYear = (moment: Moment): string => formatted(moment, { month: "long", year: "numeric" });

export function number(value: number, options: Intl.NumberFormatOptions = {}): string {
  return kept(JSON.stringify(options), () => new Intl.NumberFormat(language(), options)).format(value);
}

/** "12 mil", "12K" */
export const compact = (value: number): string => number(value, { notation: "compact", maximumFractionDigits: 1 });
export const percent = (value: number): string => number(value, { style: "percent", maximumFractionDigits: 1 });

/** An amount of money; small ones keep the digits that tell something. */
export function money(value: number, currency = "USD"): string {
  const digits = value !== 0 && Math.abs(value) < 0.01 ? 6 : Math.abs(value) < 1 ? 4 : 2;
  return number(value, { style: "currency", currency, minimumFractionDigits: 2, maximumFractionDigits: digits });
}

/** "1,2 MB" */
export function bytes(size: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  const step = Math.min(units.length - 1, size < 1 ? 0 : Math.floor(Math.log(size) / Math.log(1000)));
  const unit = units[step] ?? "byte";
  return number(size / 1000 ** step, { style: "unit", unit, unitDisplay: step === 0 ? "long" : "short", maximumFractionDigits: 1 });
}

/** "há 5 minutos", "yesterday"; a date when it is longer ago than a week. */
export function ago(moment: Moment, now: number = Date.now()): string {
  const seconds = Math.round((new Date(moment).getTime() - now) / 1000);
  const form = kept("ago", () => new Intl.RelativeTimeFormat(language(), { numeric: "auto" }));
  const past = Math.abs(seconds);
  if (past < 60) return form.format(0, "second");
  if (past < 3600) return form.format(Math.trunc(seconds / 60), "minute");
  if (past < 86_400) return form.format(Math.trunc(seconds / 3600), "hour");
  if (past < 7 * 86_400) return form.format(Math.trunc(seconds / 86_400), "day");
  return date(moment);
}
