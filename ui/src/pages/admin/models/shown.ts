import { money, percent } from "@/i18n/format";
import type { Model, Target } from "@/pages/admin/models/data";

/** What part of the calls a target gets, if it isn't the only one: "75%". */
export function shareOf(target: Target, targets: readonly Target[]): string | null {
  if (targets.length < 2) return null;
  const all = targets.reduce((sum, each) => sum + (each.weight ?? 1), 0);
  return percent((target.weight ?? 1) / all);
}

interface PriceWords {
  price: (input: string, output: string) => string;
  oneWay: (input: string) => string;
  free: string;
  unknownPrice: string;
}

/** The price of a million tokens; said to be unknown where nobody knows it. */
export function priceOf(price: Model["price"], words: PriceWords): string {
  if (price === null || (price.input === null && price.output === null)) return words.unknownPrice;
  if (price.input === 0 && price.output === 0) return words.free;
  if (price.output === null) return words.oneWay(money(price.input ?? 0));
  return words.price(money(price.input ?? 0), money(price.output));
}

/** Whether every word of what was typed stands in the model's names. */
export function matches(model: Model, search: string): boolean {
  const text = `${model.id} ${model.title}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
