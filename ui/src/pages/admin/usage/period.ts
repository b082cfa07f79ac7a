import type { Range } from "@/pages/admin/usage/data";
import { utcDay } from "@/ui/chart";

/** So many days, the last of them today. */
export const lastDays = (days: number, now: number = Date.now()): Range => ({ from: utcDay(days - 1, now), to: utcDay(0, now) });

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Whether it can be asked for: two days, the first not after the last. */
export const isRange = ({ from, to }: Range): boolean => DAY.test(from) && DAY.test(to) && from <= to;
